import { sql } from 'kysely'
import type { OperationKind } from '../schemas/operation.ts'
import type { OperationError } from '../schemas/problem.ts'
import { json, jsonOrNull, violates, type Fence, type Queryable } from './sql.ts'
import type { EngineRecord, OperationRow } from './tables.ts'

/** Notified with an operation's id when it is to be cancelled. */
export const CANCEL_CHANNEL = 'operation_cancels'

export interface NewOperation {
  readonly id: string
  readonly environmentId: string
  readonly kind: OperationKind
  /** The environment's generation it makes real. */
  readonly generation: number
  readonly requestId: string | null
}

export type InsertOperationResult =
  | { readonly outcome: 'inserted', readonly operation: OperationRow }
  | { readonly outcome: 'busy' }

/** Adds a queued operation; `busy` when one that changes the environment is queued already. */
export async function insertOperation (db: Queryable, operation: NewOperation): Promise<InsertOperationResult> {
  const { id, environmentId, kind, generation, requestId } = operation
  const { rows: [row] } = await sql<OperationRow>`
    insert into operations (id, environment_id, kind, state, generation, request_id)
    values (${id}, ${environmentId}, ${kind}, 'queued', ${generation}, ${requestId})
    on conflict (environment_id) where state = 'queued' and kind in ('create', 'update', 'delete') do nothing
    returning *`.execute(db)
  return row ? { outcome: 'inserted', operation: row } : { outcome: 'busy' }
}

/** An operation and whose it is. */
export async function operationById (db: Queryable, id: string): Promise<OperationRow & { team: string } | undefined> {
  return db.selectFrom('operations').innerJoin('environments', 'environments.id', 'operations.environment_id')
    .selectAll('operations').select('environments.team').where('operations.id', '=', id).executeTakeFirst()
}

/** The newest operation of each environment, by the environment's id: one statement however many are asked for. */
export async function newestOperations (db: Queryable, environmentIds: readonly string[]): Promise<Map<string, OperationRow>> {
  const { rows } = await sql<OperationRow>`
    select o.* from jsonb_array_elements_text(${json(environmentIds)}) wanted (id)
    cross join lateral (
      select * from operations where environment_id = wanted.id order by serial desc limit 1
    ) o`.execute(db)
  return new Map(rows.map((row) => [row.environment_id, row]))
}

/** The environment's operations that are queued or running and change it: at most one of each, the running one first. */
export async function unfinishedOf (db: Queryable, environmentId: string): Promise<OperationRow[]> {
  const { rows } = await sql<OperationRow>`
    select * from operations
    where environment_id = ${environmentId} and state in ('queued', 'running') and kind in ('create', 'update', 'delete')
    order by state desc`.execute(db)
  return rows
}

export interface Claim {
  readonly worker: string
  readonly leaseSeconds: number
}

export type ClaimResult =
  /** `engine` is the process of the attempt before, if any: it must be dead before anything is run. */
  | { readonly outcome: 'claimed', readonly operation: OperationRow, readonly waitedSeconds: number }
  /** Another operation of the environment runs; this one goes on waiting. */
  | { readonly outcome: 'busy' }
  /** It has ended, or another worker holds its lease. */
  | { readonly outcome: 'taken' }

/**
 * Moves a queued operation to `running`, or takes over one whose lease has expired, in the database's time; the new
 * attempt number fences every later write. Of several callers exactly one is answered `claimed`. Not for use inside a
 * transaction: `busy` is a statement that failed.
 */
export async function claimOperation (db: Queryable, id: string, { worker, leaseSeconds }: Claim): Promise<ClaimResult> {
  try {
    const { rows: [row] } = await sql<OperationRow & { waited: number }>`
      update operations set
        state = 'running', attempt = attempt + 1, worker = ${worker},
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8),
        started_at = coalesce(started_at, clock_timestamp())
      where id = ${id} and (state = 'queued' or (state = 'running' and lease_until < clock_timestamp()))
      returning *, extract(epoch from clock_timestamp() - queued_at)::float8 as waited`.execute(db)
    if (!row) return { outcome: 'taken' }
    const { waited, ...operation } = row
    return { outcome: 'claimed', operation, waitedSeconds: waited }
  } catch (error) {
    if (violates(error, 'operations_one_running')) return { outcome: 'busy' }
    throw error
  }
}

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

/** False when the attempt is no longer ours. */
export async function setProgress (
  db: Queryable, fence: Fence, progress: { readonly done: number, readonly total: number | null }
): Promise<boolean> {
  const { rows } = await sql`
    update operations set progress_done = ${progress.done}, progress_total = ${progress.total}
    where id = ${fence.operationId} and attempt = ${fence.attempt} and state = 'running'
    returning id`.execute(db)
  return rows.length > 0
}

export type Ending =
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed' | 'cancelled', readonly error: OperationError }

/** Ends the operation, once: false when the attempt is no longer ours or it has ended before. */
export async function finishOperation (db: Queryable, fence: Fence, ending: Ending): Promise<boolean> {
  const error = ending.state === 'succeeded' ? null : ending.error
  const { rows } = await sql`
    update operations set
      state = ${ending.state}, error = ${jsonOrNull(error)}, finished_at = clock_timestamp(), lease_until = null
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
      queued_at = clock_timestamp(),
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

/**
 * Asks for an operation to be cancelled: a queued one is `cancelled` at once, with `error`; of a running one the worker is
 * told, by notification and with its next renewal. Undefined when it has ended; repeating it is harmless.
 */
export async function requestCancel (db: Queryable, id: string, error: OperationError): Promise<OperationRow | undefined> {
  const { rows: [row] } = await sql<OperationRow>`
    with asked as (
      update operations set
        cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
        state = case state when 'queued' then 'cancelled' else state end,
        error = case state when 'queued' then ${json(error)} else operations.error end,
        finished_at = case state when 'queued' then clock_timestamp() end
      where id = ${id} and state in ('queued', 'running')
      returning *
    ), told as (select pg_notify(${CANCEL_CHANNEL}, ${id}) from asked)
    select asked.* from asked, told`.execute(db)
  return row
}

export interface Backlog {
  readonly counts: ReadonlyArray<{ readonly kind: OperationKind, readonly state: 'queued' | 'running', readonly count: number }>
  /** How long the oldest queued operation has waited; 0 when none waits. */
  readonly oldestQueuedSeconds: number
}

/** What is unfinished now, for the metrics; reads no operation that has ended. */
export async function backlogOf (db: Queryable): Promise<Backlog> {
  const { rows } = await sql<Backlog['counts'][number] & { waited: number }>`
    select kind, state, count(*)::integer as count,
      extract(epoch from clock_timestamp() - min(queued_at))::float8 as waited
    from operations where state in ('queued', 'running')
    group by kind, state order by kind, state`.execute(db)
  return {
    counts: rows.map(({ kind, state, count }) => ({ kind, state, count })),
    oldestQueuedSeconds: Math.max(0, ...rows.filter(({ state }) => state === 'queued').map(({ waited }) => waited))
  }
}
