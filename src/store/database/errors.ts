/** The database cannot be used, and the message says why and what to do: an operator needs no stack. */
export class DatabaseUnusable extends Error {}

/** Another process has the embedded database open; two on one directory lose rows without a word. */
export class DatabaseInUse extends DatabaseUnusable {
  override readonly name = 'DatabaseInUse'
}

/** The database was migrated by a later version of this program. */
export class DatabaseTooNew extends DatabaseUnusable {
  override readonly name = 'DatabaseTooNew'
}

/** The server that DATABASE_URL names does not answer. */
export class DatabaseUnreachable extends DatabaseUnusable {
  override readonly name = 'DatabaseUnreachable'
}

/**
 * Connections refused, reset or not there; Postgres shutting down or starting (57P0x), out of connections, memory or disk
 * (53), read-only after a failover (25006); a lock or a statement that took too long, a deadlock.
 */
const AWAY_CODES =
  /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|EPIPE|57014|57P0[1-5]|08...|53...|25P03|25006|40001|40P01|55P03)$/
/** The driver's own words: no connection was free or could be made in time, one was cut, a statement got no answer. */
const AWAY_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed/

/** Errors that a database connection gave: a file that is missing, or a client that is gone, has the same codes. */
const ofDatabase = new WeakSet<Error>()

/** Marks an error as the database's. */
export function fromDatabase (error: unknown): unknown {
  if (error instanceof Error) ofDatabase.add(error)
  return error
}

/** Whether a statement failed because the database is away, and not because of what it says: the same one can succeed later. */
export function isDatabaseAway (error: unknown): boolean {
  if (!(error instanceof Error) || !ofDatabase.has(error)) return false
  return (
    ('code' in error && typeof error.code === 'string' && AWAY_CODES.test(error.code)) || AWAY_WORDS.test(error.message)
  )
}
