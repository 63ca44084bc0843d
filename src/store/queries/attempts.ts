import { sql, type RawBuilder } from 'kysely'
import type { OperationResult } from '../../schemas/operation.ts'
import type { OperationErrorData } from '../../errors.ts'
import { CHANGING_KINDS_SQL, isRunningAttempt, json, jsonOrNull, type Fence, type Queryable } from '../sql.ts'
import type { DeleteInput, EngineRecord } from '../tables.ts'

/** Writes to the operation's row; false, and nothing written, when the attempt does not run any more. */
async function updateRunning (db: Queryable, fence: Fence, assignments: RawBuilder<unknown>): Promise<boolean> {
  const { rows } = await sql`
    update operations set ${assignments} where ${isRunningAttempt(fence)} returning id`.execute(db)
  return rows.length > 0
}

/** Extends the lease. Without `held` another worker has the operation, so stop. */
export async function renewLease (
  db: Queryable, fence: Fence, leaseSeconds: number
): Promise<{ held: boolean, cancelRequested: boolean }> {
  const { rows: [row] } = await sql<{ cancel: boolean }>`
    update operations set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
    where ${isRunningAttempt(fence)} returning cancel_requested_at is not null as cancel`.execute(db)
  return { held: row !== undefined, cancelRequested: row?.cancel ?? false }
}

/** Records the engine process before it can change anything; false when the attempt is no longer ours. */
export async function setEngine (db: Queryable, fence: Fence, engine: EngineRecord): Promise<boolean> {
  return updateRunning(db, fence, sql`engine = ${json(engine)}`)
}

/** Notes with the operation what no later attempt must take for undone; false when the attempt is no longer ours. */
export async function noteInput (
  db: Queryable,
  fence: Fence,
  note: Pick<DeleteInput, 'begun' | 'retaining' | 'closed'>
): Promise<boolean> {
  return updateRunning(db, fence, sql`input = input || ${json(note)}`)
}

/**
 * How many of its engine's events the attempt has stored; keeps its row from others. Undefined when it is no longer
 * ours.
 */
export async function lockRecorded (trx: Queryable, fence: Fence): Promise<number | undefined> {
  const row = await trx.selectFrom('operations').select('recorded')
    .where(isRunningAttempt(fence))
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
  return updateRunning(db, fence, sql`progress_done = ${done}, progress_total = ${total}, recorded = ${recorded}`)
}

export type Ending =
  | { readonly state: 'succeeded', readonly result?: OperationResult }
  | { readonly state: 'failed' | 'cancelled', readonly error: OperationErrorData }

/** Ends the operation, once: false when the attempt is no longer ours or it has ended before. */
export async function finishOperation (db: Queryable, fence: Fence, ending: Ending): Promise<boolean> {
  const error = ending.state === 'succeeded' ? null : ending.error
  const result = ending.state === 'succeeded' ? ending.result ?? null : null
  return updateRunning(db, fence, sql`
    state = ${ending.state}, error = ${jsonOrNull(error)}, result = ${jsonOrNull(result)},
    finished_at = clock_timestamp(), lease_until = null`)
}

/**
 * Queues a running operation again, for another worker; enqueue it in the same transaction. If another operation of the
 * environment is queued, it stays `running` with its lease ended, so that it is claimed first. An engine that is `gone`
 * is removed from the row: the next worker may be on another host, which cannot check it.
 */
export async function releaseOperation (db: Queryable, fence: Fence, engine: 'gone' | 'alive'): Promise<boolean> {
  return updateRunning(db, fence, sql`
    state = case when exists (
      select from operations other where other.environment_id = operations.environment_id
        and other.state = 'queued' and other.kind in ${CHANGING_KINDS_SQL}
    ) then 'running' else 'queued' end,
    engine = case when ${engine === 'gone'}::boolean then null else engine end,
    lease_until = clock_timestamp()`)
}

/**
 * Queues a running operation again, to be retried after `seconds`, with the error; enqueue it for that time in the same
 * transaction.
 */
export async function postponeOperation (
  db: Queryable,
  fence: Fence,
  { seconds, error }: { readonly seconds: number, readonly error: OperationErrorData }
): Promise<boolean> {
  const { rows } = await sql`
    update operations set
      state = 'queued', error = ${json(error)}, retries = retries + 1, lease_until = null,
      -- A lock of another run may be that of the engine of the attempt before.
      engine = case when ${error.code === 'state-locked'}::boolean then engine end,
      -- The queue counts from the beginning of the transaction too: an earlier delivery would find nothing to run.
      retry_at = now() + make_interval(secs => ${seconds}::float8)
    where ${isRunningAttempt(fence)} and cancel_requested_at is null
    returning id`.execute(db)
  return rows.length > 0
}
