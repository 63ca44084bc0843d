import { sql, type Kysely, type RawBuilder } from 'kysely'
import { isHostAlive } from './hosts.ts'
import { CHANGING_KINDS, READ_ONLY_KINDS, type Queryable } from '../sql.ts'
import type { OperationRow, Tables } from '../tables.ts'

/** What decides whether an operation may be run, beside its row. */
export interface SchedulingPolicy {
  /** The name of the host that would run it, as engine records have it. */
  readonly host: string
  /** A host that was not seen for so long counts as gone, with every engine on it. */
  readonly hostGoneSeconds: number
  /** Operations of one team that may change environments at once; 0: any number. What only reads is not held up by them. */
  readonly teamLimit: number
}

/** Who claims, for how long at first. */
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
 * Whether an operation could be run now: it waits, its time has come and nothing changes its environment; or its worker has
 * let its lease expire. One whose engine may live on another host is left to the workers of that host.
 */
function isReady ({ host, hostGoneSeconds }: SchedulingPolicy): RawBuilder<boolean> {
  return sql`(
    case o.state when 'running' then o.lease_until < clock_timestamp() else
      (o.retry_at is null or o.retry_at <= clock_timestamp())
      and not (o.kind in ${CHANGING_KINDS} and exists (
        select from operations other where other.environment_id = o.environment_id
          and other.state = 'running' and other.kind in ${CHANGING_KINDS}
      ))
    end
    and (o.engine is null or o.engine->>'host' = ${host} or not ${isHostAlive(sql`o.engine->>'host'`, hostGoneSeconds)})
  )`
}

/**
 * Claims the operation whose turn it is: of the team that has the fewest running, of these the one served longest ago; there
 * of the sort (changing, reading) that has the fewest running, of these the one served longest ago; there the oldest. It
 * moves to `running`, or is taken over if its lease has expired, in the database's time; the new attempt number fences every
 * later write. Of several callers each is given another one. Undefined when none is ready.
 */
export async function claimNext (db: Kysely<Tables>, claim: Claim): Promise<ClaimedOperation | undefined> {
  return db.transaction().execute(async (trx) => {
    // One claim at a time: two that count a team's running operations at once would both find room for one more. A claim
    // takes milliseconds; a claimant that freezes in the middle of one loses its connection.
    await sql`select set_config('idle_in_transaction_session_timeout', '5s', true), pg_advisory_xact_lock(${CLAIMS_LOCK})`.execute(
      trx
    )
    const { rows: [row] } = await claimStatement(claim).execute(trx)
    if (!row) return undefined
    const { waited, started, ...operation } = row
    return { operation, waitedSeconds: waited, startedSecondsAgo: started }
  })
}

/** Rows that are locked, by a cancel for instance, are passed over: whoever holds them must not hold up every claim. */
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
        where o.team = waiting.team and (${isReadOnly}) = sort.read_only and o.state in ('queued', 'running') and ${isReady(claim)}
        order by o.queued_at limit 1
      ) oldest
      join operations o on o.id = oldest.id
      left join running on running.team = waiting.team and running.read_only = sort.read_only
      left join fair_share on fair_share.team = waiting.team and fair_share.read_only = sort.read_only
      where ${teamLimit}::integer = 0 or sort.read_only or coalesce(running.count, 0) < ${teamLimit}::integer
      order by waiting.running, waiting.served_at nulls first, coalesce(running.count, 0), fair_share.served_at nulls first, oldest.queued_at
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
 * Ids of operations that are ready and that nothing will deliver, the oldest first, no more of a team than may run: what was
 * left behind by a worker that died, and what a delivery passed over.
 * @param isDelivered a condition on the operation `o`
 */
export async function readyOperations (
  db: Queryable, scheduling: SchedulingPolicy, isDelivered: RawBuilder<boolean>
): Promise<string[]> {
  const { teamLimit } = scheduling
  const { rows } = await sql<{ id: string }>`
    select id from (
      select o.id, o.team, o.queued_at, ${isReadOnly} as read_only, row_number() over (partition by o.team, ${isReadOnly} order by o.queued_at) as place
      from operations o where o.state in ('queued', 'running') and ${isReady(scheduling)} and not ${isDelivered}
    ) ready
    where ${teamLimit}::integer = 0 or read_only or place + (
      select count(*) from operations busy where busy.team = ready.team and busy.state = 'running'
        and busy.kind in ${CHANGING_KINDS} and busy.lease_until >= clock_timestamp()
    ) <= ${teamLimit}::integer
    order by queued_at limit 1000`.execute(db)
  return rows.map(({ id }) => id)
}

/** Whether the operation is kept for the workers of the host its engine is on. */
export async function isBound (db: Queryable, id: string, { host, hostGoneSeconds }: SchedulingPolicy): Promise<boolean> {
  const { rows } = await sql`
    select from operations o
    where o.id = ${id} and o.state in ('queued', 'running') and o.engine->>'host' <> ${host}
      and (o.lease_until is null or o.lease_until < clock_timestamp())
      and ${isHostAlive(sql`o.engine->>'host'`, hostGoneSeconds)}`.execute(db)
  return rows.length > 0
}

/** The team's operation that waits longest, for a team that may run one more. */
export async function oldestWaiting (db: Queryable, team: string): Promise<string | undefined> {
  const { rows: [row] } = await sql<{ id: string }>`
    select id from operations where team = ${team} and state = 'queued' order by queued_at limit 1`.execute(db)
  return row?.id
}
