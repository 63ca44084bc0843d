import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }

/** The sources of the inline program: what it declares, and how a spec is resolved. */
const FOLDERS = [join(import.meta.dirname, '../stacks'), join(import.meta.dirname, '../spec')]

/** 12 hex digits that change with the inline program, the resolution of specs, the SDK or the AWS provider. */
export async function readProgramVersion (): Promise<string> {
  const hash = createHash('sha256').update(
    JSON.stringify([packageJson.dependencies['@pulumi/aws'], packageJson.dependencies['@pulumi/pulumi']])
  )
  for (const folder of FOLDERS) {
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort()
    for (const file of files) hash.update(file).update(await readFile(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 12)
}
