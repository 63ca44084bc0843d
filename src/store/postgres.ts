import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Database, Log } from './database.ts'
import { DatabaseUnreachable } from './errors.ts'
import { createNotifications } from './notifications.ts'
import type { Tables } from './tables.ts'

const CONNECT_MS = 5_000
/** Longer than any statement of the store takes; a lost server must not hold a request for ever. */
const STATEMENT_MS = 30_000
const BOSS_CONNECTIONS = 6

// bigint as a number: what the store counts stays far below 2^53. jsonb and timestamptz are parsed well by default.
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)
}

interface PostgresOptions {
  readonly url: string
  readonly poolSize: number
  readonly log: Log
}

/** Opens a pool of connections to a Postgres server. */
export async function openPostgres ({ url, poolSize, log }: PostgresOptions): Promise<Database> {
  const connection = { connectionString: url, connectionTimeoutMillis: CONNECT_MS, keepAlive: true, types }
  const pool = new pg.Pool({
    ...connection,
    application_name: 'batchyard',
    max: poolSize,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: 2 * STATEMENT_MS
  })
  // An idle connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'))
  await reach(pool, url)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const notifications = createNotifications({ connect: () => new pg.Client({ ...connection, application_name: 'batchyard listen' }), log })
  let closing: Promise<void> | undefined
  return {
    kind: 'postgres',
    db,
    boss: { connectionString: url, connectionTimeoutMillis: CONNECT_MS, max: BOSS_CONNECTIONS, application_name: 'batchyard queue' },
    script: async (text) => runScript(pool, text),
    listen: async (channel, onNotify, onReconnect) => notifications.listen(channel, onNotify, onReconnect),
    ping: async () => { await sql`select 1`.execute(db) },
    close: async () => (closing ??= notifications.close().then(async () => pool.end()))
  }
}

async function reach (pool: pg.Pool, url: string): Promise<void> {
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    const reason = error instanceof Error ? error.message || error.name : String(error)
    throw new DatabaseUnreachable(`The Postgres server at ${withoutSecrets(url)} cannot be used: ${reason}`, { cause: error })
  }
}

/** Where the server is, without user, password and parameters: the message goes to the log. */
function withoutSecrets (url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL'
  const { host, pathname } = new URL(url)
  return `${host || 'a local socket'}${pathname}`
}

async function runScript (pool: pg.Pool, text: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(text)
    client.release()
  } catch (error) {
    // The script may have left its transaction open; a connection in doubt is not given back.
    client.release(true)
    throw error
  }
}
