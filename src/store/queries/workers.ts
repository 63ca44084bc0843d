import { sql } from 'kysely'
import { json, type Queryable } from '../sql.ts'

/** The names of the workers that hold a lease. */
export async function leaseHolders (db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ worker: string }>`
    select distinct worker from operations
    where state = 'running' and lease_until > clock_timestamp() and worker is not null`.execute(db)
  return rows.map(({ worker }) => worker)
}

/** Ends the leases of workers that are known to be gone; answers how many operations can be taken over now. */
export async function endLeases (db: Queryable, workers: readonly string[]): Promise<number> {
  const { rows } = await sql`
    update operations set lease_until = clock_timestamp()
    where state = 'running' and lease_until > clock_timestamp()
      and worker in (select jsonb_array_elements_text(${json(workers)}))
    returning id`.execute(db)
  return rows.length
}
