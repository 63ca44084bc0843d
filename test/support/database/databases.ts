import { mkdtempSync, rmSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, inject } from 'vitest'
import type { Database } from '../../../src/store/database/database.ts'
import { openDatabase, type DatabaseOptions } from '../../../src/store/database/open-database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { silentLog } from '../log.ts'
import { createDatabase, findPostgres, startPostgres, type PostgresServer } from './postgres.ts'

export interface TestDatabase {
  /** The file's database, migrated, and empty at the beginning of every test. */
  readonly database: Database
  /** Where a database is that is empty and not yet migrated, to be opened by the test. */
  fresh (): Promise<DatabaseOptions>
}

/** Not `truncate`, which makes new files for each table and index: in PGlite it takes 90 ms, this 9. */
const EMPTY_ALL = ['events', 'operations', 'generations', 'environments', 'keys', 'fair_share', 'hosts', 'teams']
  .map((table) => `delete from ${table};`).join(' ')

interface Backend {
  readonly name: string
  start (): Promise<void>
  fresh (): Promise<DatabaseOptions>
  stop (): Promise<void>
}

/**
 * Describes the same behaviour on PGlite and, where Postgres is installed, on a Postgres server started for it.
 * `use()` gives the database within a test or a hook.
 */
export function describeOnEachDatabase (name: string, fn: (use: () => TestDatabase) => void): void {
  describeOn(pgliteBackend(), name, fn)
  const bin = findPostgres()
  if (bin) {
    describeOn(postgresBackend(bin), name, fn)
  } else {
    console.log(`"${name}" is not tested on Postgres: initdb is neither on PATH nor in /usr/lib/postgresql`)
    describe.skip(`${name} on Postgres`, () => fn(() => { throw new Error('there is no Postgres') }))
  }
}

function describeOn (backend: Backend, name: string, fn: (use: () => TestDatabase) => void): void {
  describe(`${name} on ${backend.name}`, () => {
    let database: Database | undefined
    const opened = () => {
      if (!database) throw new Error('the database is open only while tests run')
      return database
    }

    beforeAll(async () => {
      await backend.start()
      database = await openDatabase(await backend.fresh())
      await migrate(database)
    })

    beforeEach(async () => {
      await opened().script(EMPTY_ALL)
    })

    afterAll(async () => {
      await database?.close()
      await backend.stop()
    })

    fn(() => ({ database: opened(), fresh: backend.fresh }))
  })
}

function pgliteBackend (): Backend {
  const directory = { path: '' }
  return {
    name: 'PGlite',
    start: async () => { directory.path = mkdtempSync(join(tmpdir(), 'batchyard-store-')) },
    async fresh () {
      const dataDir = mkdtempSync(join(directory.path, 'data-'))
      const empty = inject('emptyDatabase')
      if (empty !== undefined) await cp(empty, join(dataDir, 'database'), { recursive: true })
      return { dataDir, log: silentLog }
    },
    stop: async () => { rmSync(directory.path, { recursive: true, force: true }) }
  }
}

/** On the project's server, or on one of its own where the project has none. */
function postgresBackend (bin: string): Backend {
  let server: PostgresServer | undefined
  return {
    name: 'Postgres',
    async start () {
      if (inject('postgresUrl') === undefined) server = await startPostgres(bin)
    },
    async fresh () {
      const url = inject('postgresUrl') ?? server?.url
      if (url === undefined) throw new Error('the server has not been started')
      return { url: await createDatabase(url), dataDir: tmpdir(), log: silentLog }
    },
    stop: async () => { await server?.stop() }
  }
}
