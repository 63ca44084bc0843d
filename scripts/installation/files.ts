import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import pg from 'pg'

/** The folder that recorded paths begin with, wherever the recording was made. */
const NEUTRAL_ROOT = '/srv/batchyard'
const NEUTRAL_HOST = 'recorder'
const ROOT = join(import.meta.dirname, '../..')

/** Caches, the database, what belongs to a running process, and backups, which nothing reads by itself. */
const LEFT_OUT = [
  /^(?:cache|database|pulumi)\//,
  /^state\/\.pulumi\/(?:backups|locks)\//,
  /^database\./,
  /^sandbox-aws\.(?:json|log)$/,
  /\/engine\.std/
]
/** Each operation leaves a checkpoint in the history; only the newest of a stack are kept. */
const KEPT_CHECKPOINTS = 2

const isNeeded = (file: string): boolean => !LEFT_OUT.some((pattern) => pattern.test(file))

const neutral = (text: string, dataDir: string): string =>
  text.replaceAll(dataDir, `${NEUTRAL_ROOT}/data`).replaceAll(ROOT, NEUTRAL_ROOT)

/** Copies what an installation needs from its folder, each file compressed. */
export async function recordFiles (dataDir: string, target: string): Promise<void> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const kept = files.map((file) => relative(dataDir, file)).filter(isNeeded)
  for (const file of withoutOldHistory(kept)) {
    await writeCompressed(join(target, `${file}.gz`), neutral(await readFile(join(dataDir, file), 'utf8'), dataDir))
  }
}

function withoutOldHistory (files: readonly string[]): string[] {
  const checkpoints = files.filter((file) => file.endsWith('.checkpoint.json')).sort()
  const byStack = Map.groupBy(checkpoints, dirname)
  const old = [...byStack.values()].flatMap((group) => group.slice(0, -KEPT_CHECKPOINTS))
  const dropped = new Set(old.flatMap((file) => [file, file.replace('.checkpoint.json', '.history.json')]))
  return files.filter((file) => !dropped.has(file))
}

export async function writeCompressed (file: string, text: string): Promise<void> {
  refusePrivate(file, text)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, gzipSync(text, { level: 9 }))
}

/** Nobody's machine is to be seen in a recording. */
function refusePrivate (file: string, text: string): void {
  const { username, homedir } = userInfo()
  for (const word of [hostname(), username, homedir, ROOT, '/tmp/']) {
    if (word === NEUTRAL_ROOT) continue
    const escaped = word.replaceAll(/\W/g, '\\$&')
    const found = new RegExp(`.{0,60}(?<![\\w/-])${escaped}(?![\\w-]).{0,60}`).exec(text)
    if (found) throw new Error(`${file} names "${word}" of this machine: ${found[0]}`)
  }
}

/**
 * Dumps the database, with the `pg_dump` on PATH, as SQL that Postgres and PGlite can run. Names of hosts are replaced.
 */
export async function recordDatabase (url: string, target: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('update hosts set name = $1', [NEUTRAL_HOST])
  await client.query(
    `update operations set
      engine = case when engine is null then null else jsonb_set(engine, '{host}', to_jsonb($1::text)) end,
      worker = regexp_replace(worker, '^[^:]*', $1)`,
    [NEUTRAL_HOST]
  )
  await client.end()
  const options = ['--no-owner', '--no-privileges', '--rows-per-insert=100', url]
  const { stdout } = await promisify(execFile)('pg_dump', options, { maxBuffer: 2 ** 28 })
  // `\restrict` and its like are for psql.
  await writeCompressed(target, stdout.replaceAll(/^\\.*\n/gm, ''))
}
