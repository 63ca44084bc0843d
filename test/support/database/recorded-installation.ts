import { cp, mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { inject } from 'vitest'
import type { Environment } from '../../../client/index.ts'
import { shareCompileCache } from '../service/compile-cache.ts'
import { createDatabase } from './postgres.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures/installations')

/** Versions of which an installation was recorded: `npm run record:installation` adds one. */
export const RECORDED_VERSIONS = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

export interface RecordedInstallation {
  /** Tokens of stored keys; the team is `vision`. */
  readonly keys: { readonly admin: string, readonly team: string }
  /** A request with an Idempotency-Key, and its answer. */
  readonly idempotent: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: object
    readonly answer: Environment
  }
  /** Ids, by phase. */
  readonly environments: { readonly ready: string, readonly degraded: string, readonly deleted: string }
  /** Ids of an environment whose creation no worker had taken up, and of a preview of the ready one. */
  readonly waiting: { readonly environment: string, readonly preview: string }
  /** Bodies of answers, by the path that was read. */
  readonly answers: Readonly<Record<string, unknown>>
}

/** What was recorded of a version. */
export async function readRecorded (version: string): Promise<RecordedInstallation> {
  const recorded = JSON.parse(await readFile(join(FIXTURES, version, 'recorded.json'), 'utf8')) as RecordedInstallation
  const answers = await readCompressed(join(FIXTURES, version, 'answers.json.gz'))
  return { ...recorded, answers: JSON.parse(answers) as RecordedInstallation['answers'] }
}

/**
 * Unpacks an installation into a folder of its own, and its database into that folder or onto the project's Postgres
 * server.
 * @returns the folder, for the caller to remove, and the settings a service needs to start on it
 */
export async function unpackInstallation (
  version: string
): Promise<{ dataDir: string, settings: Record<string, string> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-recorded-'))
  await shareCompileCache(dataDir)
  await unpackFiles(join(FIXTURES, version, 'files'), dataDir)
  const dump = await readCompressed(join(FIXTURES, version, 'database.sql.gz'))
  // An answer is kept for 24 hours: as if the service had been stopped a moment ago.
  const script = `${dump}\nupdate public.idempotency_keys set created_at = now();`
  const postgres = inject('postgresUrl')
  if (postgres === undefined) {
    await restoreEmbedded(script, dataDir)
    return { dataDir, settings: {} }
  }
  return { dataDir, settings: { DATABASE_URL: await restoreOnServer(script, postgres) } }
}

async function unpackFiles (folder: string, target: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const file = join(entry.parentPath, entry.name)
    const unpacked = join(target, relative(folder, file).replace(/\.gz$/, ''))
    await mkdir(dirname(unpacked), { recursive: true, mode: 0o700 })
    await writeFile(unpacked, await readCompressed(file), { mode: 0o600 })
  }
}

const readCompressed = async (file: string): Promise<string> => gunzipSync(await readFile(file)).toString()

async function restoreEmbedded (script: string, dataDir: string): Promise<void> {
  const empty = inject('emptyDatabase')
  if (empty !== undefined) await cp(empty, join(dataDir, 'database'), { recursive: true })
  const database = await PGlite.create(join(dataDir, 'database'))
  await database.exec(script)
  await database.close()
}

async function restoreOnServer (script: string, server: string): Promise<string> {
  const url = await createDatabase(server)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(script)
  await client.end()
  return url
}
