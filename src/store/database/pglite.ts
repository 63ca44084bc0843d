import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, sql } from 'kysely'
import { fromKysely, type ConstructorOptions } from 'pg-boss'
import type { Database, Listener, StoreLog } from './database.ts'
import { lockDirectory } from './lock.ts'
import type { Tables } from '../tables.ts'

/** PGlite has no autovacuum: without it replaced rows would take more and more space. */
const VACUUM_MILLISECONDS = 3_600_000

type BossDatabase = NonNullable<ConstructorOptions['db']>

/** Opens the embedded database in `<dataDir>/database`, for this process alone. */
export async function openPglite (dataDir: string, log: StoreLog): Promise<Database> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(dataDir)
  try {
    const pglite = await PGlite.create(join(dataDir, 'database'))
    return describe(pglite, lock.release, log)
  } catch (error) {
    lock.release()
    throw error
  }
}

function describe (pglite: PGlite, release: () => void, log: StoreLog): Database {
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) })
  const script = (text: string) => runScript(db, pglite, text)
  const listen: Database['listen'] = async (channel, onNotify) => listenOn(pglite, { channel, onNotify, log })
  const boss: BossDatabase = {
    // A statement with values goes through Kysely like every other query, so it waits for an open transaction.
    executeSql: async (text, values) =>
      values?.length ? fromKysely(db).executeSql(text, values) : { rows: await script(text) },
    async listen (channel, onNotify, onReconnect) {
      const listener = await listen(channel, onNotify)
      onReconnect()
      return listener
    }
  }
  const vacuum = setInterval(() => {
    script('vacuum (analyze)').catch((error: unknown) =>
      log.warn({ err: error }, 'the embedded database could not be vacuumed')
    )
  }, VACUUM_MILLISECONDS).unref()
  let closing: Promise<void> | undefined
  return {
    kind: 'pglite',
    db,
    boss: { db: boss, backend: 'pglite' },
    script: async (text) => { await script(text) },
    listen,
    ping: async () => { await sql`select 1`.execute(db) },
    // Not db.destroy(): it does nothing until Kysely has run a query, and PGlite would stay open.
    close: async () => {
      clearInterval(vacuum)
      return (closing ??= pglite.close().finally(release))
    }
  }
}

/**
 * Runs a script and returns the rows of all its statements. PGlite has one connection: Kysely's hold on it keeps the
 * script out of another caller's transaction, and a failed script must be rolled back within that hold, or every later
 * query fails in the aborted transaction. (pg-boss's own adapter rolls back outside it: a script that fails beside an
 * open transaction then causes an unhandled rejection and never ends.)
 */
async function runScript (db: Kysely<Tables>, pglite: PGlite, text: string): Promise<object[]> {
  return db.connection().execute(async () => {
    try {
      const results = await pglite.exec(text)
      return results.flatMap(({ rows }) => rows)
    } catch (error) {
      await pglite.exec('rollback')
      throw error
    }
  })
}

async function listenOn (
  pglite: PGlite, { channel, onNotify, log }: { channel: string, onNotify: (payload: string) => void, log: StoreLog }
): Promise<Listener> {
  const unlisten = await pglite.listen(channel, (payload) => {
    // Called within the notifying query, which must not fail because of a listener.
    try {
      onNotify(payload)
    } catch (error) {
      log.error({ err: error, channel }, 'a listener failed')
    }
  })
  let closing: Promise<void> | undefined
  return { close: async () => (closing ??= pglite.closed ? Promise.resolve() : unlisten()) }
}
