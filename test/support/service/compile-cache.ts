import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE } from '../cache.ts'

/** Has all data folders of tests share what Node has compiled: the runners of hundreds of services find it there. */
export async function shareCompileCache (dataDir: string): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  await symlink(CACHE, join(dataDir, 'cache'))
}
