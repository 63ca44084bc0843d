import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Database } from './database/database.ts'
import { DatabaseTooNew } from './database/errors.ts'
import { violates } from './sql.ts'

/** Any number will do, as long as no other program on the server takes the same one. */
const ADVISORY_LOCK = 4_217_051_903

interface Migration {
  readonly version: number
  readonly name: string
  readonly text: string
}

/**
 * Brings the tables up to this program's version. Several replicas may start at once: each migration is one transaction
 * that first takes a lock and records its version, so the second replica fails on that record and goes on.
 * @throws DatabaseTooNew when a later version of the program has migrated the database.
 */
export async function migrate (database: Database): Promise<void> {
  const migrations = await readMigrations(join(import.meta.dirname, 'migrations'))
  await inTransaction(database, `create table if not exists migrations (
    version integer primary key, name text not null, applied_at timestamptz not null default now())`)
  const newest = migrations.at(-1)?.version ?? 0
  const applied = await appliedVersions(database)
  const foreign = Math.max(0, ...applied)
  if (foreign > newest) {
    throw new DatabaseTooNew(
      `The database has version ${foreign}, this program knows ${newest}: ` +
        'run the version that migrated it, or a later one.'
    )
  }
  for (const migration of migrations.filter(({ version }) => !applied.has(version))) await apply(database, migration)
}

async function apply (database: Database, { version, name, text }: Migration): Promise<void> {
  try {
    await inTransaction(database, `insert into migrations (version, name) values (${version}, '${name}');\n${text}`)
  } catch (error) {
    if (!violates(error, 'migrations_pkey')) throw error
  }
}

/** Without timeouts: a replica that waits for the lock waits as long as another one's migration takes. */
async function inTransaction (database: Database, script: string): Promise<void> {
  await database.script(`begin;
set local statement_timeout = 0;
set local lock_timeout = 0;
select pg_advisory_xact_lock(${ADVISORY_LOCK});
${script};
commit;`)
}

async function appliedVersions (database: Database): Promise<Set<number>> {
  const { rows } = await sql<{ version: number }>`select version from migrations order by version`.execute(database.db)
  return new Set(rows.map(({ version }) => version))
}

async function readMigrations (directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => /^\d{3}-[a-z0-9-]+\.sql$/.test(file)).sort()
  return Promise.all(files.map(async (file) => ({
    version: Number(file.slice(0, 3)),
    name: file.slice(4, -'.sql'.length),
    text: await readFile(join(directory, file), 'utf8')
  })))
}
