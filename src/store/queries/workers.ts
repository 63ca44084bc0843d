import { sql } from 'kysely'
import { json, type Queryable } from '../sql.ts'

/** The workers that hold operations, by the names they claimed them with. */
export async function leaseHolders (db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ worker: string }>`
    select distinct worker from operations
    where state = 'running' and lease_until > clock_timestamp() and worker is not null`.execute(db)
  return rows.map(({ worker }) => worker)
}

/** Ends what is left of the leases of workers that are known to be gone; how many operations can be taken over now. */
export async function endLeases (db: Queryable, workers: readonly string[]): Promise<number> {
  const { rows } = await sql`
    update operations set lease_until = clock_timestamp()
    where state = 'running' and lease_until > clock_timestamp()
      and worker in (select jsonb_array_elements_text(${json(workers)}))
    returning id`.execute(db)
  return rows.length
}
