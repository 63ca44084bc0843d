import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidCheckpoint, isSound, parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { ignoreAbsence, listOf, recordOf } from '../json.ts'
import { damagedStateFailure } from './damaged-state.ts'
import type { StatePaths } from './state-paths.ts'

/** A larger checkpoint is not read here: parsing it would hold the service up. The engine has no such bound. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Reads a checkpoint. Compressed state has another name and is therefore absent to this reader; engines are started
 * without those settings.
 * @returns `undefined` when the stack does not exist.
 * @throws RunFailure (`state-corrupt`) when the file is no checkpoint of version 3 or 4, or not one that an engine
 * would take
 */
export async function readCheckpoint (paths: StatePaths): Promise<Checkpoint | undefined> {
  const text = await readBounded(paths.checkpoint)
  if (text === undefined) return undefined
  try {
    const checkpoint = parseCheckpoint(text)
    if (!isSound(listOf(checkpoint.deployment.resources).map(recordOf))) {
      throw new InvalidCheckpoint('it refers to resources that it does not hold, or holds one twice')
    }
    return checkpoint
  } catch (error) {
    throw error instanceof InvalidCheckpoint ? await damagedStateFailure(paths, error.message) : error
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
