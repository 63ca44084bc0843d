import { sql } from 'kysely'
import type { OperationResult } from '../../schemas/operation.ts'
import type { OperationErrorData } from '../../errors.ts'
import { json, jsonOrNull, type Fence, type Queryable } from '../sql.ts'
import type { EngineRecord, OperationInput } from '../tables.ts'

/** Extends the lease. Not `held`: another worker has the operation, so stop. */
export async function renewLease (
  db: Queryable, fence: Fence, leaseSeconds: number
): Promise<{ held: boolean, cancelRequested: boolean }> {
  const { rows: [row] } = await sql<{ cancel: boolean }>`
    update operations set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
    where id = ${fence.operationId} and attempt = ${fence.attempt} and state = 'running'
    returning cancel_requested_at is not null as cancel`.execute(db)
  return { held: row !== undefined, cancelRequested: row?.cancel ?? false }
}

/** Records the engine process before it can touch anything; false when the attempt is no longer ours. */
export async function setEngine (db: Queryable, fence: Fence, engine: EngineRecord): Promise<boolean> {
  const { rows } = await sql`
    update operations set engine = ${json(engine)}
    where id = ${fence.operationId} and attempt = ${fence.attempt} and state = 'running'
    returning id`.execute(db)
  return rows.length > 0
}

/** Notes with the operation what no later attempt must take for undone; false when the attempt is no longer ours. */
export async function noteInput (
  db: Queryable,
  fence: Fence,
  note: Pick<OperationInput, 'begun' | 'retaining' | 'closed'>
): Promise<boolean> {
  const { rows } = await sql`
    update operations set input = input || ${json(note)}
    where id = ${fence.operationId} and attempt = ${fence.attempt} and state = 'running'
    returning id`.execute(db)
  return rows.length > 0
}

/** How many of its engine's events the attempt has stored; keeps its row from others. Undefined when it is no longer ours. */
export async function lockRecorded (trx: Queryable, fence: Fence): Promise<number | undefined> {
  const row = await trx.selectFrom('operations').select('recorded')
    .where('id', '=', fence.operationId).where('attempt', '=', fence.attempt).where('state', '=', 'running')
    .forNoKeyUpdate().executeTakeFirst()
  return row?.recorded
}

export interface Progress {
  readonly done: number
  readonly total: number | null
  /** How many of its engine's events the attempt has stored. */
  readonly recorded: number
}

/** False when the attempt is no longer ours. */
export async function setProgress (db: Queryable, fence: Fence, { done, total, recorded }: Progress): Promise<boolean> {
  const { rows } = await sql`
    update operations set progress_done = ${done}, progress_total = ${total}, recorded = ${recorded}
    where id = ${fence.operationId} and attempt = ${fence.attempt} and state = 'running'
    returning id`.execute(db)
  return rows.length > 0
}

export type Ending =
  | { readonly state: 'succeeded', readonly result?: OperationResult }
  | { readonly state: 'failed' | 'cancelled', readonly error: OperationErrorData }

/** Ends the operation, once: false when the attempt is no longer ours or it has ended before. */
export async function finishOperation (db: Queryable, fence: Fence, ending: Ending): Promise<boolean> {
  const error = ending.state === 'succeeded' ? null : ending.error
  const result = ending.state === 'succeeded' ? ending.result ?? null : null
  const { rows } = await sql`
    update operations set
      state = ${ending.state}, error = ${jsonOrNull(error)}, result = ${jsonOrNull(result)}, finished_at = clock_timestamp(), lease_until = null
    where id = ${fence.operationId} and attempt = ${fence.attempt} and state = 'running'
    returning id`.execute(db)
  return rows.length > 0
}

/**
 * Gives a running operation back for another worker; enqueue it again in the same transaction. Where another one of the
 * environment waits it stays `running` with its lease ended: it is claimed first, as it came first. An engine that is `gone`
 * is forgotten: the next worker may be on another host, which cannot see that.
 */
export async function releaseOperation (db: Queryable, fence: Fence, engine: 'gone' | 'alive'): Promise<boolean> {
  const { rows } = await sql`
    update operations o set
      state = case when waiting.other then 'running' else 'queued' end,
      engine = case when ${engine === 'gone'}::boolean then null else o.engine end,
      lease_until = clock_timestamp()
    from (
      select exists (
        select from operations mine join operations other using (environment_id)
        where mine.id = ${fence.operationId} and other.state = 'queued' and other.kind in ('create', 'update', 'delete')
      ) as other
    ) waiting
    where o.id = ${fence.operationId} and o.attempt = ${fence.attempt} and o.state = 'running'
    returning o.id`.execute(db)
  return rows.length > 0
}

/** Gives a running operation back to be tried again after `seconds`, with why; enqueue it for that time in the same transaction. */
export async function postponeOperation (
  db: Queryable,
  fence: Fence,
  seconds: number,
  error: OperationErrorData
): Promise<boolean> {
  const { rows } = await sql`
    update operations set
      state = 'queued', error = ${json(error)}, retries = retries + 1, lease_until = null,
      -- A lock of another run may be that of the engine of the attempt before.
      engine = case when ${error.code === 'state-locked'}::boolean then engine end,
      -- From the beginning of the transaction, as the queue counts: a delivery that came first would find nothing.
      retry_at = now() + make_interval(secs => ${seconds}::float8)
    where id = ${fence.operationId} and attempt = ${fence.attempt} and state = 'running' and cancel_requested_at is null
    returning id`.execute(db)
  return rows.length > 0
}
