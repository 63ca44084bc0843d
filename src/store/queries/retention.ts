import { sql } from 'kysely'
import { KEPT_HOURS } from './idempotency.ts'
import { READ_ONLY_KINDS, type Queryable } from '../sql.ts'

/** Rows of one statement, so that no lock lasts long. Replicas that prune at the same time skip each other's rows. */
const BATCH = 500
/** Their operations and events are deleted with them: 500 environments with 14,000 events each took more than 12 s. */
const ENVIRONMENTS_BATCH = 20

/**
 * Deletes the events of operations that ended more than `days` ago, and read-only operations entirely; answers how
 * many.
 */
export async function pruneEvents (db: Queryable, days: number): Promise<number> {
  const { rows } = await sql`
    with old as (
      select id, kind from operations
      where finished_at < now() - make_interval(days => ${days}::integer) and not events_pruned
      order by finished_at limit ${BATCH} for update skip locked
    ), gone as (
      delete from operations o using old where o.id = old.id and old.kind in ${READ_ONLY_KINDS} returning o.id
    ), pruned as (
      delete from events e using old where e.operation_id = old.id
    ), marked as (
      update operations o set events_pruned = true from old where o.id = old.id and old.kind not in ${READ_ONLY_KINDS}
    )
    select id from old`.execute(db)
  return rows.length
}

/** Deletes environments that were deleted more than `days` ago, with their operations and events; answers how many. */
export async function pruneEnvironments (db: Queryable, days: number): Promise<number> {
  const { rows } = await sql`
    delete from environments where id in (
      select id from environments where phase = 'deleted'
        and deleted_at < now() - make_interval(days => ${days}::integer)
      order by deleted_at limit ${ENVIRONMENTS_BATCH} for update skip locked
    ) returning id`.execute(db)
  return rows.length
}

/** Deletes expired Idempotency-Keys; answers how many. */
export async function pruneIdempotencyKeys (db: Queryable): Promise<number> {
  const { rows } = await sql`
    delete from idempotency_keys where hash in (
      select hash from idempotency_keys
        where created_at < clock_timestamp() - make_interval(hours => ${KEPT_HOURS}::integer)
      limit ${BATCH} for update skip locked
    ) returning hash`.execute(db)
  return rows.length
}
