import { sql } from 'kysely'
import type { OperationKind } from '../../schemas/operation.ts'
import type { OperationErrorData } from '../../errors.ts'
import { CHANGING_KINDS_SQL, json, type Queryable } from '../sql.ts'
import type { DeleteInput, KindAndInput, OperationRow } from '../tables.ts'

/** Notified with an operation's id when it is to be cancelled. */
export const CANCEL_CHANNEL = 'operation_cancels'

export type NewOperation = KindAndInput & {
  readonly id: string
  /** Null of a preview of an environment that does not exist yet. */
  readonly environmentId: string | null
  readonly team: string
  /** The environment's generation it makes real. */
  readonly generation: number
  readonly requestId: string | null
  /** The failed operation that this one carries on. */
  readonly retryOf?: string | undefined
}

export type InsertOperationResult =
  | { readonly outcome: 'inserted', readonly operation: OperationRow }
  | { readonly outcome: 'busy' }

/** Adds a queued operation; `busy` when one that changes the environment is queued already. */
export async function insertOperation (db: Queryable, operation: NewOperation): Promise<InsertOperationResult> {
  const { id, environmentId, team, kind, generation, requestId, input, retryOf = null } = operation
  const {
    rows: [row]
  } = await sql<OperationRow>`
    insert into operations (id, environment_id, team, kind, state, generation, request_id, input, retry_of)
    values (${id}, ${environmentId}, ${team}, ${kind}, 'queued', ${generation}, ${requestId}, ${json(input)},
      ${retryOf})
    on conflict (environment_id) where state = 'queued' and kind in ${CHANGING_KINDS_SQL} do nothing
    returning *`.execute(db)
  return row ? { outcome: 'inserted', operation: row } : { outcome: 'busy' }
}

export async function operationById (db: Queryable, id: string): Promise<OperationRow | undefined> {
  const row = await db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst()
  // The kind of a row says what its input and its result are; the table's columns cannot say so.
  return row as OperationRow | undefined
}

export interface OperationPageQuery {
  /** The serial after which to go on: the last one of the page before. */
  readonly after?: number | undefined
  readonly limit: number
}

/**
 * A page of an environment's operations of every kind, newest first; `next` is the `after` of the page that follows.
 */
export async function pageOfOperations (
  db: Queryable, environmentId: string, { after, limit }: OperationPageQuery
): Promise<{ rows: OperationRow[], next: number | null }> {
  let query = db
    .selectFrom('operations')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('serial', 'desc')
    .limit(limit + 1)
  if (after !== undefined) query = query.where('serial', '<', after)
  const rows = await query.execute() as OperationRow[]
  const found = rows.slice(0, limit)
  return { rows: found, next: rows.length > limit ? found.at(-1)?.serial ?? null : null }
}

/**
 * The newest operation that changes each environment, by the environment's id: one statement however many are asked
 * for.
 */
export async function newestOperations (
  db: Queryable,
  environmentIds: readonly string[]
): Promise<Map<string, OperationRow>> {
  const { rows } = await sql<OperationRow>`
    select o.* from jsonb_array_elements_text(${json(environmentIds)}) wanted (id)
    cross join lateral (
      select * from operations
      where environment_id = wanted.id and kind in ${CHANGING_KINDS_SQL} order by serial desc limit 1
    ) o`.execute(db)
  return new Map(rows.flatMap((row) => (row.environment_id === null ? [] : [[row.environment_id, row]])))
}

/**
 * The resources that earlier deletes have left in the account and removed from the state, as the newest delete recorded
 * them, in the form of an input. None after an update that succeeded since: it has taken them over, as their names are
 * fixed.
 */
export async function retainedBefore (db: Queryable, environmentId: string): Promise<Pick<DeleteInput, 'retaining'>> {
  const {
    rows: [row]
  } = await sql<{ retaining: NonNullable<DeleteInput['retaining']> }>`
    select o.input->'retaining' as retaining from operations o
    where o.environment_id = ${environmentId} and o.kind = 'delete' and o.input->'retaining' is not null
      and not exists (
        select from operations later
        where later.environment_id = o.environment_id and later.serial > o.serial and later.kind = 'update'
          and later.state = 'succeeded'
      )
    order by o.serial desc limit 1`.execute(db)
  return row ?? {}
}

/**
 * The environment's operations that are queued or running and change it: at most one of each, the running one first.
 */
export async function unfinishedOf (db: Queryable, environmentId: string): Promise<OperationRow[]> {
  const { rows } = await sql<OperationRow>`
    select * from operations
    where environment_id = ${environmentId} and state in ('queued', 'running') and kind in ${CHANGING_KINDS_SQL}
    order by state desc`.execute(db)
  return rows
}

/**
 * Cancels an operation: a queued one is `cancelled` at once, with `error`; the worker of a running one learns of it by
 * a notification and with its next renewal of the lease. Undefined when it has ended. Idempotent.
 */
export async function requestCancel (
  db: Queryable,
  id: string,
  error: OperationErrorData
): Promise<OperationRow | undefined> {
  const {
    rows: [row]
  } = await sql<OperationRow>`
    with asked as (
      update operations set
        cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
        state = case state when 'queued' then 'cancelled' else state end,
        error = case state when 'queued' then ${json(error)} else operations.error end,
        finished_at = case state when 'queued' then clock_timestamp() end,
        retry_at = null
      where id = ${id} and state in ('queued', 'running')
      returning *
    ), notified as (select pg_notify(${CANCEL_CHANNEL}, ${id}) from asked)
    select asked.* from asked, notified`.execute(db)
  return row
}

export interface Backlog {
  readonly counts: ReadonlyArray<{
    readonly kind: OperationKind
    readonly state: 'queued' | 'running'
    readonly count: number
  }>
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

/** Whether an operation that changes the environment has run since then, in the database's time, or runs now. */
export async function changedSince (db: Queryable, environmentId: string, since: Date): Promise<boolean> {
  const { rows } = await sql`
    select from operations
    where environment_id = ${environmentId} and kind in ${CHANGING_KINDS_SQL} and started_at is not null
      and (finished_at is null or finished_at >= ${since})
    limit 1`.execute(db)
  return rows.length > 0
}
