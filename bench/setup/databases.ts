import { registerCleanup } from '../../scripts/cleanup.ts'
import { findPostgres, startPostgres } from '../../test/support/database/postgres.ts'
import type { Row } from '../figure.ts'

/** One of the databases the service can stand on. */
export interface Kind {
  readonly name: 'PGlite' | 'Postgres'
  /** Where the next setup's database is, empty; undefined for a PGlite in its folder. */
  fresh (): Promise<string | undefined>
}

/** Measures on PGlite and, where Postgres is installed, on a server of this figure's own. */
export async function onEachDatabase (measure: (kind: Kind) => Promise<Row>): Promise<Row[]> {
  const embedded = await measure({ name: 'PGlite', fresh: async () => undefined })
  const bin = findPostgres()
  if (bin === undefined) return [embedded]
  const postgres = await startPostgres(bin)
  const stop = registerCleanup(postgres.stop)
  try {
    return [embedded, await measure({ name: 'Postgres', fresh: async () => postgres.createDatabase() })]
  } finally {
    await stop()
  }
}
