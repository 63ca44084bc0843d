import type { Database, StoreLog } from './database.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'

export interface DatabaseOptions {
  /** Connection string of a Postgres server; without it PGlite is opened in `<dataDir>/database`. */
  readonly url?: string | undefined
  readonly dataDir: string
  readonly log: StoreLog
  /** Most connections to a Postgres server, in addition to up to 6 of the queue and one that listens. */
  readonly poolSize?: number
}

/**
 * Opens the database; call `migrate` next.
 * @throws DatabaseInUse when another process has the embedded database open.
 * @throws DatabaseUnreachable when the server does not answer.
 */
export async function openDatabase (options: DatabaseOptions): Promise<Database> {
  const { url, dataDir, log, poolSize = 10 } = options
  return url === undefined ? openPglite(dataDir, log) : openPostgres({ url, poolSize, log })
}
