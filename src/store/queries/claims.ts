import { sql, type Kysely, type RawBuilder } from 'kysely'
import { isHostAlive } from './hosts.ts'
import { CHANGING_KINDS_SQL, READ_ONLY_KINDS, type Queryable } from '../sql.ts'
import type { OperationRow, Tables } from '../tables.ts'

/** What decides, besides its row, whether an operation may be run. */
export interface SchedulingPolicy {
  /** The name of the host that would run it, as in `EngineRecord`. */
  readonly host: string
  /** A host that was not seen for so many seconds counts as gone, with every engine on it. */
  readonly hostGoneSeconds: number
  /** Operations of one team that may change environments at once; 0: no limit. Read-only operations do not count. */
  readonly teamLimit: number
}

/** The worker that claims, and the first lease. */
export interface Claim extends SchedulingPolicy {
  readonly worker: string
  readonly leaseSeconds: number
}

export interface ClaimedOperation {
  /** Its `engine` is the process of the attempt before, if any: it must be dead before anything is run. */
  readonly operation: OperationRow
  readonly waitedSeconds: number
  /** Since its first start, in the database's time. */
  readonly startedSecondsAgo: number
}

/** Any number will do, as long as no other program on the server takes the same one. */
const CLAIMS_LOCK = 4_217_051_904

/** Operations that change nothing are served in turn with those of the same team that change something. */
const isReadOnly = sql`o.kind in ${READ_ONLY_KINDS}`

/**
 * Whether an operation could be run now: it is queued, its `retry_at` has passed and no other operation changes its
 * environment; or it is running and its lease has expired. One whose engine may be alive on another host is left to the
 * workers of that host.
 */
function isReady ({ host, hostGoneSeconds }: SchedulingPolicy): RawBuilder<boolean> {
  return sql`(
    case o.state when 'running' then o.lease_until < clock_timestamp() else
      (o.retry_at is null or o.retry_at <= clock_timestamp())
      and not (o.kind in ${CHANGING_KINDS_SQL} and exists (
        select from operations other where other.environment_id = o.environment_id
          and other.state = 'running' and other.kind in ${CHANGING_KINDS_SQL}
      ))
    end
    and (o.engine is null or o.engine->>'host' = ${host} or not ${isHostAlive(sql`o.engine->>'host'`, hostGoneSeconds)})
  )`
}

/**
 * Claims the next operation: of the team with the fewest running operations (of several the one served longest ago); of
 * that team the sort (changing or read-only) with the fewest running, likewise; of that sort the oldest operation. It
 * moves to `running`, or is taken over if its lease has expired, in the database's time; the new attempt number fences
 * every later write. Concurrent callers get different ones. Undefined when none is ready.
 */
export async function claimNext (db: Kysely<Tables>, claim: Claim): Promise<ClaimedOperation | undefined> {
  return db.transaction().execute(async (trx) => {
    // One claim at a time: two that count a team's running operations at once would both stay below its limit. A claim
    // takes milliseconds; a worker that hangs in the middle of one loses its connection.
    await sql`select set_config('idle_in_transaction_session_timeout', '5s', true),
      pg_advisory_xact_lock(${CLAIMS_LOCK})`.execute(trx)
    const { rows: [row] } = await claimStatement(claim).execute(trx)
    if (!row) return undefined
    const { waited, started, ...operation } = row
    return { operation, waitedSeconds: waited, startedSecondsAgo: started }
  })
}

/** Locked rows (by a cancel, for instance) are skipped, so that their lock does not delay every claim. */
function claimStatement (claim: Claim): RawBuilder<OperationRow & { waited: number, started: number }> {
  const { worker, leaseSeconds, teamLimit } = claim
  return sql`
    with running as (
      select o.team, ${isReadOnly} as read_only, count(*) as count from operations o
      where o.state = 'running' and o.lease_until >= clock_timestamp() group by 1, 2
    ), waiting as (
      select names.team, coalesce((select sum(count) from running where running.team = names.team), 0) as running,
        (select max(served_at) from fair_share where fair_share.team = names.team) as served_at
      from (select distinct team from operations where state in ('queued', 'running')) names
    ), chosen as (
      select o.id from waiting
      cross join (values (false), (true)) sort (read_only)
      cross join lateral (
        select o.id, o.queued_at from operations o
        where o.team = waiting.team and (${isReadOnly}) = sort.read_only and o.state in ('queued', 'running')
          and ${isReady(claim)}
        order by o.queued_at limit 1
      ) oldest
      join operations o on o.id = oldest.id
      left join running on running.team = waiting.team and running.read_only = sort.read_only
      left join fair_share on fair_share.team = waiting.team and fair_share.read_only = sort.read_only
      where ${teamLimit}::integer = 0 or sort.read_only or coalesce(running.count, 0) < ${teamLimit}::integer
      order by waiting.running, waiting.served_at nulls first, coalesce(running.count, 0),
        fair_share.served_at nulls first, oldest.queued_at
      limit 1
      for update of o skip locked
    ), claimed as (
      update operations o set
        state = 'running', attempt = attempt + 1, recorded = 0, worker = ${worker},
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8),
        started_at = coalesce(started_at, clock_timestamp()), retry_at = null
      from chosen where o.id = chosen.id and o.state in ('queued', 'running')
      returning o.*, extract(epoch from clock_timestamp() - o.queued_at)::float8 as waited,
        extract(epoch from clock_timestamp() - o.started_at)::float8 as started
    ), served as (
      insert into fair_share (team, read_only, served_at)
      select o.team, ${isReadOnly}, clock_timestamp() from claimed o
      on conflict (team, read_only) do update set served_at = excluded.served_at
    )
    select * from claimed`
}

/**
 * Ids of operations that are ready and that nothing will deliver, the oldest first, no more of a team than may run:
 * those of a worker that died, and those that a delivery skipped.
 * @param isDelivered a condition on the operation `o`
 */
export async function readyOperations (
  db: Queryable, scheduling: SchedulingPolicy, isDelivered: RawBuilder<boolean>
): Promise<string[]> {
  const { teamLimit } = scheduling
  const { rows } = await sql<{ id: string }>`
    select id from (
      select o.id, o.team, o.queued_at, ${isReadOnly} as read_only,
        row_number() over (partition by o.team, ${isReadOnly} order by o.queued_at) as place
      from operations o where o.state in ('queued', 'running') and ${isReady(scheduling)} and not ${isDelivered}
    ) ready
    where ${teamLimit}::integer = 0 or read_only or place + (
      select count(*) from operations busy where busy.team = ready.team and busy.state = 'running'
        and busy.kind in ${CHANGING_KINDS_SQL} and busy.lease_until >= clock_timestamp()
    ) <= ${teamLimit}::integer
    order by queued_at limit 1000`.execute(db)
  return rows.map(({ id }) => id)
}

/** Whether only workers of its engine's host may take the operation over. */
export async function isBound (
  db: Queryable, id: string, { host, hostGoneSeconds }: SchedulingPolicy
): Promise<boolean> {
  const { rows } = await sql`
    select from operations o
    where o.id = ${id} and o.state in ('queued', 'running') and o.engine->>'host' <> ${host}
      and (o.lease_until is null or o.lease_until < clock_timestamp())
      and ${isHostAlive(sql`o.engine->>'host'`, hostGoneSeconds)}`.execute(db)
  return rows.length > 0
}

/** The team's oldest queued operation. */
export async function oldestWaiting (db: Queryable, team: string): Promise<string | undefined> {
  const { rows: [row] } = await sql<{ id: string }>`
    select id from operations where team = ${team} and state = 'queued' order by queued_at limit 1`.execute(db)
  return row?.id
}
