import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project of every stack. */
export const PROJECT = 'batchyard'

/** A larger checkpoint is not read here: parsing it would hold the service up. The engine has no such bound. */
const MAX_BYTES = 64 * 1024 * 1024

/** Where the file backend keeps what belongs to one stack (layout version 1). */
export interface StatePaths {
  readonly checkpoint: string
  readonly locks: string
  readonly history: string
}

/** The parts of a checkpoint's resource that are read here. */
export interface StateResource {
  readonly urn: string
  readonly type: string
  readonly custom: boolean
  readonly outputs: Record<string, unknown>
}

export interface Checkpoint {
  readonly resources: readonly StateResource[]
  /** Operations an engine had begun and not recorded the end of. */
  readonly pending: number
  /** The salt of the passphrase's key, in the engine's own form; absent with another secrets provider. */
  readonly salt?: string
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
    locks: join(root, 'locks', 'organization', PROJECT, stack),
    history: join(root, 'history', PROJECT, stack)
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const recordOf = (value: unknown): Record<string, unknown> => isRecord(value) ? value : {}
const listOf = (value: unknown): unknown[] => Array.isArray(value) ? value : []
const textOf = (value: unknown): string => typeof value === 'string' ? value : ''

/**
 * Reads a checkpoint.
 * @returns `undefined` when the stack does not exist.
 * @throws Error when the file is there and is not a checkpoint of version 3 (compressed state has another name, and is
 * therefore absent to this reader; engines are started without those settings).
 */
export async function readCheckpoint (paths: StatePaths): Promise<Checkpoint | undefined> {
  const file = recordOf(await readJson(paths.checkpoint))
  if (Object.keys(file).length === 0) return undefined
  if (file.version !== 3) throw new Error(`${paths.checkpoint} is not a checkpoint of version 3`)
  const latest = recordOf(recordOf(file.checkpoint).latest)
  const provider = recordOf(latest.secrets_providers)
  const salt = textOf(recordOf(provider.state).salt)
  return {
    resources: listOf(latest.resources).map(toResource),
    pending: listOf(latest.pending_operations).length,
    ...(provider.type === 'passphrase' && salt !== '' ? { salt } : {})
  }
}

function toResource (value: unknown): StateResource {
  const entry = recordOf(value)
  return { urn: textOf(entry.urn), type: textOf(entry.type), custom: entry.custom === true, outputs: recordOf(entry.outputs) }
}

/** Cloud resources: neither components nor providers. */
export const cloudResources = (resources: readonly StateResource[]): StateResource[] =>
  resources.filter((resource) => resource.custom && !resource.type.startsWith('pulumi:'))

/** The newest entry of the stack's history as the file backend stores it, or `undefined` when there is none. */
export async function readLastHistory (paths: StatePaths): Promise<Record<string, unknown> | undefined> {
  const names = await readdir(paths.history).catch(() => [])
  // The names end in nanoseconds since 1970, all of one length.
  const last = names.filter((name) => name.endsWith('.history.json')).sort().at(-1)
  return last === undefined ? undefined : recordOf(await readJson(join(paths.history, last)))
}

/** @returns The parsed file, `undefined` when it is absent or empty; throws when it is too large or no JSON. */
export async function readJson (path: string): Promise<unknown> {
  const size = await stat(path).then((found) => found.size, ignoreAbsence)
  if (size === undefined || size === 0) return undefined
  if (size > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES} bytes`)
  const text = await readFile(path, 'utf8').catch(ignoreAbsence)
  const parsed: unknown = text === undefined ? undefined : JSON.parse(text)
  return parsed
}

export function ignoreAbsence (error: unknown): undefined {
  if (isRecord(error) && error.code === 'ENOENT') return undefined
  throw error
}
