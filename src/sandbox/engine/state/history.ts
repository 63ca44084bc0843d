import { copyFile, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isJsonObject } from '../values/json.ts'
import type { Json, JsonObject } from '../values/json.ts'
import { listOptional, readOptional, writeAtomic } from './files.ts'
import type { StackFiles } from './files.ts'

export type DeploymentKind = 'update' | 'destroy' | 'refresh'
type DeploymentResult = 'succeeded' | 'failed'

/** One past deployment. Times are Unix seconds. */
export interface HistoryEntry {
  kind: DeploymentKind
  startTime: number
  message: string
  environment: Record<string, string>
  /** As Pulumi.STACK.yaml had it: strings, objects, and `{ secure }` for secrets. */
  config: JsonObject
  result: DeploymentResult
  endTime: number
  resourceChanges: Record<string, number>
}

/**
 * Nanoseconds since 1970, as in the names of the backend's files. Milliseconds are as fine as the clock of Node goes.
 */
const stamp = (now: Date): string => `${now.getTime()}000000`

/** Writes the entry and, beside it, the checkpoint it ended with. */
export async function addToHistory (files: StackFiles, entry: HistoryEntry, now: Date): Promise<void> {
  const prefix = join(files.history, `${files.stack}-${stamp(now)}`)
  const { kind, startTime, message, environment, config, result, endTime, resourceChanges } = entry
  await writeAtomic(`${prefix}.history.json`, JSON.stringify({
    kind, startTime, message, environment: sorted(environment), config, version: 0, result, endTime, resourceChanges
  }))
  await copyFile(files.checkpoint, `${prefix}.checkpoint.json`)
}

const sorted = (object: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => a < b ? -1 : 1))

/** The copy the file backend makes after every deployment. */
export async function addBackup (files: StackFiles, now: Date): Promise<void> {
  await mkdir(files.backups, { recursive: true })
  await copyFile(files.checkpoint, join(files.backups, `${files.stack}.${stamp(now)}.json`))
}

export interface Page {
  size: number
  number: number
}

/** Entries, newest first. */
export async function readHistory (files: StackFiles, page: Page | undefined): Promise<JsonObject[]> {
  const names = (await listOptional(files.history))
    .filter((name) => name.endsWith('.history.json'))
    .sort(byStamp)
    .reverse()
  const wanted = page === undefined ? names : names.slice((page.number - 1) * page.size, page.number * page.size)
  const texts = await Promise.all(wanted.map(async (name) => readOptional(join(files.history, name))))
  return texts.filter((text) => text !== undefined).map((text) => JSON.parse(text) as Json).filter(isJsonObject)
}

const stampOf = (name: string): bigint => BigInt(/-(\d+)\.history\.json$/.exec(basename(name))?.[1] ?? '0')

const byStamp = (a: string, b: string): number => stampOf(a) < stampOf(b) ? -1 : 1
