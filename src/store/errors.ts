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
