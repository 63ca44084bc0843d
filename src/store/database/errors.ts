/** The database cannot be used; the message says why and what to do, so it is printed without a stack. */
export class DatabaseUnusable extends Error {}

/** Another process has the embedded database open. Two processes on one directory would lose rows silently. */
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
 * Connections refused, reset or not there; Postgres shutting down or starting (57P0x), out of connections, memory or
 * disk (53), read-only after a failover (25006); a lock or a statement that took too long, a deadlock.
 */
const UNAVAILABLE_CODES = [
  /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|EPIPE)$/,
  /^(?:57014|57P0[1-5]|08...|53...|25P03|25006|40001|40P01|55P03)$/
]
/** Messages of the driver: no connection was free or could be made in time, one was lost, a statement got no answer. */
const UNAVAILABLE_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed/

/** Errors of database connections. A missing file or a closed HTTP connection has the same codes. */
const databaseErrors = new WeakSet<Error>()

/** Marks an error as one of a database connection. */
export function fromDatabase (error: unknown): unknown {
  if (error instanceof Error) databaseErrors.add(error)
  return error
}

/** Whether a statement failed because the database is unavailable: the same statement can succeed later. */
export function isDatabaseAway (error: unknown): boolean {
  if (!(error instanceof Error) || !databaseErrors.has(error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return UNAVAILABLE_CODES.some((codes) => codes.test(code)) || UNAVAILABLE_MESSAGES.test(error.message)
}
