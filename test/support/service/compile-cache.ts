import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const SHARED = join(import.meta.dirname, '../../../node_modules/.cache/batchyard')

/** Has all data folders of tests share what Node has compiled: the runners of hundreds of services need not do it again each. */
export async function shareCompileCache (dataDir: string): Promise<void> {
  await mkdir(SHARED, { recursive: true })
  await symlink(SHARED, join(dataDir, 'cache'))
}
