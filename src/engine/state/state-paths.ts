import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project of every stack. */
export const PROJECT = 'batchyard'

/** Where the file backend keeps what belongs to one stack (layout version 1). */
export interface StatePaths {
  readonly checkpoint: string
  /** The checkpoint before its last write. */
  readonly previous: string
  readonly locks: string
  readonly history: string
  /** A copy of the checkpoint after each run. */
  readonly backups: string
}

/** The directory a `file://` state URL names, or `undefined` for every other backend. */
export function stateDirectory (stateUrl: string): string | undefined {
  if (!stateUrl.startsWith('file:///')) return undefined
  const url = new URL(stateUrl)
  url.search = ''
  return fileURLToPath(url)
}

/** Of a stack on this backend; `undefined` where the backend is no folder. */
export function statePathsIn (stateUrl: string, stack: string): StatePaths | undefined {
  const directory = stateDirectory(stateUrl)
  return directory === undefined ? undefined : statePaths(directory, stack)
}

export function statePaths (directory: string, stack: string): StatePaths {
  const root = join(directory, '.pulumi')
  return {
    checkpoint: join(root, 'stacks', PROJECT, `${stack}.json`),
    previous: join(root, 'stacks', PROJECT, `${stack}.json.bak`),
    locks: join(root, 'locks', 'organization', PROJECT, stack),
    history: join(root, 'history', PROJECT, stack),
    backups: join(root, 'backups', PROJECT, stack)
  }
}
