import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Pid and command line of each process that names the folder in its arguments or environment. */
export async function processesOf (dataDir: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name))) {
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
    const [command, environment] = [await read('cmdline'), await read('environ')]
    if (Number(pid) !== process.pid && `${command}\0${environment}`.includes(dataDir)) {
      found.push(`${pid} ${command.replaceAll('\0', ' ')}`)
    }
  }
  return found
}

/** Files below the state folder of the default backend, relative to it. */
export async function stateFiles (dataDir: string): Promise<string[]> {
  const root = join(dataDir, 'state')
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

/** An environment's state file in the default backend, as text: it is the same as long as nobody writes it. */
export async function stateOf (dataDir: string, environmentId: string): Promise<string> {
  return readFile(statePath(dataDir, environmentId), 'utf8')
}

const statePath = (dataDir: string, environmentId: string): string =>
  join(dataDir, 'state/.pulumi/stacks/batchyard', `${environmentId}.json`)

interface Checkpoint { readonly checkpoint: { readonly latest: { resources: Array<{ readonly type: string }> } } }

/** Takes the resources of a type out of the state, as if they had been made behind its back. */
export async function forget (dataDir: string, environmentId: string, type: string): Promise<void> {
  const state = JSON.parse(await stateOf(dataDir, environmentId)) as Checkpoint
  const { latest } = state.checkpoint
  latest.resources = latest.resources.filter((resource) => resource.type !== type)
  await writeFile(statePath(dataDir, environmentId), JSON.stringify(state))
}

/**
 * What `pulumi stack rm` would not leave of a stack on `file://`. It leaves (seen with 3.260) the backups, and the
 * checkpoint before the last as `.bak`, each with an `.attrs` beside it.
 */
export function leftOver (files: readonly string[]): string[] {
  return files.filter(
    (file) => !/^\.pulumi\/(?:meta\.yaml|backups\/.+\.json|stacks\/[^/]+\/[^/]+\.json\.bak)(?:\.attrs)?$/.test(file)
  )
}

export const SERVER_MAIN = fileURLToPath(new URL('../../../src/server/main.ts', import.meta.url))
