import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Damage, parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { ignoreAbsence, listOf, recordOf } from '../json.ts'
import { damaged, isSound } from '../recovery/damage.ts'

/** The project of every stack. */
export const PROJECT = 'batchyard'

/** A larger checkpoint is not read here: parsing it would hold the service up. The engine has no such bound. */
const MAX_BYTES = 64 * 1024 * 1024

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

/**
 * Reads a checkpoint. Compressed state has another name and is therefore absent to this reader; engines are started
 * without those settings.
 * @returns `undefined` when the stack does not exist.
 * @throws RunFailure (`state-corrupt`) when the file is there and is not a checkpoint of version 3 or 4, or not one that an engine would take.
 */
export async function readCheckpoint (paths: StatePaths): Promise<Checkpoint | undefined> {
  const text = await readBounded(paths.checkpoint)
  if (text === undefined) return undefined
  try {
    const checkpoint = parseCheckpoint(text)
    if (!isSound(listOf(checkpoint.deployment.resources).map(recordOf))) {
      throw new Damage('it refers to resources that it does not hold, or holds one twice')
    }
    return checkpoint
  } catch (error) {
    throw error instanceof Damage ? await damaged(paths, error.message) : error
  }
}

/** The newest entry of the stack's history as the file backend stores it, or `undefined` when there is none. */
export async function readLastHistory (paths: StatePaths): Promise<Record<string, unknown> | undefined> {
  const names = await readdir(paths.history).catch(() => [])
  // The names end in nanoseconds since 1970, all of one length.
  const last = names.filter((name) => name.endsWith('.history.json')).sort().at(-1)
  return last === undefined ? undefined : recordOf(await readJson(join(paths.history, last)))
}

/** @returns The parsed file, `undefined` when it is absent or empty; throws when it is too large or no JSON. */
export async function readJson (path: string): Promise<unknown> {
  const text = await readBounded(path)
  const parsed: unknown = text === undefined || text === '' ? undefined : JSON.parse(text)
  return parsed
}

/** @returns The file's text, `undefined` when it is absent; throws when it is too large. */
async function readBounded (path: string): Promise<string | undefined> {
  const size = await stat(path).then((found) => found.size, ignoreAbsence)
  if (size === undefined) return undefined
  if (size > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES} bytes`)
  return readFile(path, 'utf8').catch(ignoreAbsence)
}
