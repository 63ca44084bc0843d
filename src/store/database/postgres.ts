import { Kysely, PostgresDialect, sql, type PostgresPool, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { ConstructorOptions } from 'pg-boss'
import type { Database, StoreLog } from './database.ts'
import { DatabaseUnreachable, fromDatabase, isDatabaseAway } from './errors.ts'
import { createNotifications } from './notifications.ts'
import type { Tables } from '../tables.ts'

const CONNECT_MS = 5_000
/** Longer than any statement of the store takes. */
const STATEMENT_MS = 10_000
/** Longer than any transaction holds a row. */
const LOCK_MS = 4_000
/** A server that hangs or has disappeared cannot end a statement itself; a request must not wait for it long. */
const ANSWER_MS = STATEMENT_MS + 2_000
/** A migration may take long. */
const SCRIPT_MS = 24 * 3_600_000
const BOSS_CONNECTIONS = 6
/** Longer, for pg-boss's maintenance. */
const BOSS_ANSWER_MS = 60_000

// bigint as a number: what the store counts stays far below 2^53. jsonb and timestamptz are parsed well by default.
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)
}

/** pg-boss passes these options on to the driver's pool. */
type BossOptions = ConstructorOptions & Pick<pg.PoolConfig, 'query_timeout' | 'keepAlive'>

interface PostgresOptions {
  readonly url: string
  readonly poolSize: number
  readonly log: StoreLog
}

/** Opens a pool of connections to a Postgres server. */
export async function openPostgres ({ url, poolSize, log }: PostgresOptions): Promise<Database> {
  const connection = { connectionString: url, connectionTimeoutMillis: CONNECT_MS, keepAlive: true, types }
  const pool = new pg.Pool({
    ...connection,
    application_name: 'batchyard',
    max: poolSize,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    // A statement that waits for a lock fails long before the lock holder's own timeouts end.
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: STATEMENT_MS
  })
  // The pool replaces an idle connection that the server closed; without a listener the error would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'))
  // The same for one in use: its statement fails with that error, so it needs no handling here.
  pool.on('connect', (client) => { client.on('error', () => {}) })
  await checkConnection(pool, url)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: discardingLost(pool) }) })
  const notifications = createNotifications({
    connect: () => new pg.Client({ ...connection, application_name: 'batchyard listen' }),
    log
  })
  const boss: BossOptions = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: BOSS_ANSWER_MS,
    keepAlive: true,
    max: BOSS_CONNECTIONS,
    application_name: 'batchyard queue'
  }
  let closing: Promise<void> | undefined
  return {
    kind: 'postgres',
    db,
    boss,
    script: async (text) => runScript(pool, text),
    listen: async (channel, onNotify, onReconnect) => notifications.listen(channel, onNotify, onReconnect),
    ping: async () => { await sql`select 1`.execute(db) },
    close: async () => (closing ??= notifications.close().then(async () => pool.end()))
  }
}

/**
 * A connection on which a statement was interrupted, or got no answer, is not used again: the next statement would fail
 * too, or, if the server has disappeared, the system would send again for a quarter of an hour.
 */
function discardingLost (pool: pg.Pool): PostgresPool {
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  return {
    options: pool.options,
    end: async () => pool.end(),
    async connect () {
      const client = await pool.connect().catch((error: unknown) => { throw fromDatabase(error) })
      const connection = known.get(client) ?? discarding(client)
      known.set(client, connection)
      return connection
    }
  }
}

function discarding (client: pg.PoolClient): PostgresPoolClient {
  let lost: Error | undefined
  const query = async (text: string, values: unknown[] = []): Promise<pg.QueryResult> => {
    if (lost) throw lost
    try {
      return await client.query(text, values)
    } catch (error) {
      fromDatabase(error)
      if (error instanceof Error && isDatabaseAway(error)) lost = error
      throw error
    }
  }
  // Cursors are not supported: no code uses them.
  return { query: query as never, release: (destroy) => { client.release(destroy === true || lost !== undefined) } }
}

async function checkConnection (pool: pg.Pool, url: string): Promise<void> {
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    const reason = error instanceof Error ? error.message || error.name : String(error)
    throw new DatabaseUnreachable(`The Postgres server at ${withoutSecrets(url)} cannot be used: ${reason}`, {
      cause: error
    })
  }
}

/** The server's address, without user, password and parameters: the message goes to the log. */
function withoutSecrets (url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL'
  const { host, pathname } = new URL(url)
  return `${host || 'a local socket'}${pathname}`
}

async function runScript (pool: pg.Pool, text: string): Promise<void> {
  const client = await pool.connect()
  const query: pg.QueryConfig & Pick<pg.ClientConfig, 'query_timeout'> = { text, query_timeout: SCRIPT_MS }
  try {
    await client.query(query)
    client.release()
  } catch (error) {
    // The script may have left its transaction open, so the connection is not used again.
    client.release(true)
    throw error
  }
}
