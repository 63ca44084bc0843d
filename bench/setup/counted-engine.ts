import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findEngine } from '../../src/engine/index.ts'

/** An engine installed as the CLI is, in `root/bin/pulumi`, that notes each of its starts. */
export interface CountedEngine {
  readonly root: string
  /** What it was started for so far, a command per start: `version`, `stack init`, `up`. */
  starts (): Promise<string[]>
}

/**
 * Installs a shell script that writes a line and then becomes the engine (`exec`), so that every side of a comparison
 * starts the same executable and its starts are counted at the process, not assumed.
 */
export async function installCountedEngine (folder: string, kind: 'sandbox' | 'pulumi'): Promise<CountedEngine> {
  const { PATH = '', BATCHYARD_PULUMI_ROOT: pulumiRoot } = process.env
  const { executable, args } = await findEngine({ engine: kind, cloud: 'sandbox', path: PATH, pulumiRoot })
  const log = join(folder, 'starts')
  const script = join(folder, 'bin', 'pulumi')
  await mkdir(join(folder, 'bin'), { recursive: true })
  await writeFile(log, '')
  await writeFile(
    script,
    `#!/bin/sh\necho "$1 $2" >> ${quote(log)}\nexec ${[executable, ...args].map(quote).join(' ')} "$@"\n`
  )
  await chmod(script, 0o755)
  return {
    root: folder,
    starts: async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '').map(commandOf)
  }
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Only `stack` has a second word; others are followed by options. */
const commandOf = (line: string): string => line.startsWith('stack ') ? line : line.split(' ')[0] ?? ''
