/** Another process has the embedded database open; two on one directory lose rows without a word. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse'
}

/** The database was migrated by a later version of this program. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew'
}

/** The server that DATABASE_URL names does not answer. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable'
}

/** Connections refused, reset or not there; Postgres shutting down or starting (57P0x), or out of connections (53300). */
const AWAY_CODES = /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|57P0[1-5]|08...|53300|25P03)$/
/** The driver's own words: no connection was free or could be made in time, one was cut, a statement got no answer. */
const AWAY_WORDS = /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed/

/** Whether a statement failed because the database is away, and not because of what it says: the same one can succeed later. */
export function isDatabaseAway (error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // A server's socket that is not there; any other file that is missing is no matter of the database.
  if ('code' in error && error.code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect'
  return ('code' in error && typeof error.code === 'string' && AWAY_CODES.test(error.code)) || AWAY_WORDS.test(error.message)
}
