import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }

/** What the inline program is made of: what it declares, and what the spec means by its defaults. */
const FOLDERS = [join(import.meta.dirname, '../stacks'), join(import.meta.dirname, '../spec')]

/** Changes whenever the program of environments, its meaning of a spec, or the provider it is written for does: 12 hex digits. */
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
