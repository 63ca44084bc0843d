import { Kysely, PostgresDialect, sql, type PostgresPool, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { ConstructorOptions } from 'pg-boss'
import type { Database, Log } from './database.ts'
import { DatabaseUnreachable, fromDatabase, isDatabaseAway } from './errors.ts'
import { createNotifications } from './notifications.ts'
import type { Tables } from '../tables.ts'

const CONNECT_MS = 5_000
/** Longer than any statement of the store takes. */
const STATEMENT_MS = 10_000
/** Longer than any transaction holds a row. */
const LOCK_MS = 4_000
/** A server that hangs, or has gone without a word, cannot end a statement itself; a lost one must not hold a request for long. */
const ANSWER_MS = STATEMENT_MS + 2_000
/** A migration takes as long as it takes. */
const SCRIPT_MS = 24 * 3_600_000
const BOSS_CONNECTIONS = 6
/** Its upkeep may take longer. */
const BOSS_ANSWER_MS = 60_000

// bigint as a number: what the store counts stays far below 2^53. jsonb and timestamptz are parsed well by default.
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)
}

/** It hands them on to the driver's pool. */
type BossOptions = ConstructorOptions & Pick<pg.PoolConfig, 'query_timeout' | 'keepAlive'>

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
    query_timeout: ANSWER_MS,
    // Whoever waits for a lock gives up long before its holder's statement does, and a holder that is lost before that.
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: STATEMENT_MS
  })
  // An idle connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'))
  // The same for one in use: its statement fails with that error, which is how we learn of it.
  pool.on('connect', (client) => { client.on('error', () => {}) })
  await reach(pool, url)
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
 * A connection on which a statement was cut off, or got no answer, is not used again: the next statement would fail too, or,
 * where the server has gone without a word, the system would go on sending for a quarter of an hour.
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
  // Without cursors, which nobody asks for.
  return { query: query as never, release: (destroy) => { client.release(destroy === true || lost !== undefined) } }
}

async function reach (pool: pg.Pool, url: string): Promise<void> {
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

/** Where the server is, without user, password and parameters: the message goes to the log. */
function withoutSecrets (url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL'
  const { host, pathname } = new URL(url)
  return `${host || 'a local socket'}${pathname}`
}

async function runScript (pool: pg.Pool, text: string): Promise<void> {
  const client = await pool.connect()
  const unhurried: pg.QueryConfig & Pick<pg.ClientConfig, 'query_timeout'> = { text, query_timeout: SCRIPT_MS }
  try {
    await client.query(unhurried)
    client.release()
  } catch (error) {
    // The script may have left its transaction open; a connection in doubt is not given back.
    client.release(true)
    throw error
  }
}
