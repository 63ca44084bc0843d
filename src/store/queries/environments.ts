import { sql } from 'kysely'
import type { Condition, Outputs, Phase } from '../../schemas/environment.ts'
import type { ResolvedSpec, Spec } from '../../schemas/spec.ts'
import type { Placement } from '../../schemas/team.ts'
import type { Static } from 'typebox'
import { CHANGING_KINDS_SQL, json, isAttempt, jsonOrNull, type Fence, type Queryable } from '../sql.ts'
import type { EnvironmentRow } from '../tables.ts'

export interface NewEnvironment {
  readonly id: string
  readonly team: string
  readonly name: string
  readonly cloud: 'sandbox' | 'aws'
  readonly placement: Placement
  readonly spec: Spec
  readonly resolved: ResolvedSpec
}

export type InsertEnvironmentResult =
  | { readonly outcome: 'inserted', readonly environment: EnvironmentRow }
  | { readonly outcome: 'exists' }

/** Adds an environment in phase `creating`; `exists` when the team has one of that name that is not deleted. */
export async function insertEnvironment (db: Queryable, environment: NewEnvironment): Promise<InsertEnvironmentResult> {
  const { id, team, name, cloud } = environment
  const { rows: [row] } = await sql<EnvironmentRow>`
    insert into environments (id, team, name, cloud, phase, placement, spec, resolved)
    values (${id}, ${team}, ${name}, ${cloud}, 'creating',
      ${json(environment.placement)}, ${json(environment.spec)}, ${json(environment.resolved)})
    on conflict do nothing
    returning *`.execute(db)
  if (row) await addGeneration(db, row)
  return row ? { outcome: 'inserted', environment: row } : { outcome: 'exists' }
}

/** In every phase, `deleted` too. */
export async function environmentById (db: Queryable, id: string): Promise<EnvironmentRow | undefined> {
  return db.selectFrom('environments').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The columns that a read of the outputs needs, a third of the row's bytes: it is the API's most frequent read. */
export async function outputsById (
  db: Queryable,
  id: string
): Promise<Pick<EnvironmentRow, 'team' | 'phase' | 'outputs'> | undefined> {
  return db.selectFrom('environments').select(['team', 'phase', 'outputs']).where('id', '=', id).executeTakeFirst()
}

/**
 * Locks the row until the transaction ends, for a decision that depends on its phase. It does not lock the key: a
 * transaction that stores events holds an operation's row, and needs the environment's key to write that row again.
 */
export async function lockEnvironment (trx: Queryable, id: string): Promise<EnvironmentRow | undefined> {
  return trx.selectFrom('environments').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

/** The team's environment of that name, unless it is deleted. */
export async function environmentByName (
  db: Queryable,
  team: string,
  name: string
): Promise<EnvironmentRow | undefined> {
  return db
    .selectFrom('environments')
    .selectAll()
    .where('team', '=', team)
    .where('name', '=', name)
    .where('phase', '<>', 'deleted')
    .executeTakeFirst()
}

export interface EnvironmentCriteria {
  /** Only this team's, in addition to the other filters: what the caller may see. */
  readonly visibleTo?: string | undefined
  readonly team?: string | undefined
  readonly name?: string | undefined
  /** Only with all of these labels in the resolved spec. */
  readonly labels?: ReadonlyArray<readonly [key: string, value: string]> | undefined
  /** Without it, every phase but `deleted`. */
  readonly phase?: Phase | undefined
}

export interface EnvironmentPageQuery extends EnvironmentCriteria {
  /** The id after which to go on: the last one of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

/**
 * A page of environments, newest first; `next` is the `after` of the page that follows, null on the last one.
 *
 * Ordered by id, so pages stay stable: environments created meanwhile belong before the first page. Every filter has an
 * index that ends in id, so a page costs the same however many environments there are. Labels have none: they are
 * compared in the rows that the other filters leave, which takes milliseconds for 20,000 environments; a GIN index is
 * not ordered by id, so a frequent label would cost more with it.
 */
export async function pageOfEnvironments (
  db: Queryable,
  page: EnvironmentPageQuery
): Promise<{ rows: EnvironmentRow[], next: string | null }> {
  const rows = await environmentsQuery(db, page).execute()
  const found = rows.slice(0, page.limit)
  return { rows: found, next: rows.length > page.limit ? (found.at(-1)?.id ?? null) : null }
}

/** The statement of a page; it reads one row more, which says whether another page follows. */
export function environmentsQuery (
  db: Queryable,
  { visibleTo, team, name, labels = [], phase, after, limit }: EnvironmentPageQuery
) {
  let query = db
    .selectFrom('environments')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (visibleTo !== undefined) query = query.where('team', '=', visibleTo)
  if (team !== undefined) query = query.where('team', '=', team)
  if (name !== undefined) query = query.where('name', '=', name)
  // One condition per label: an object would keep only one of two values of a key.
  for (const label of labels) {
    query = query.where(sql<boolean>`resolved->'labels' @> ${json(Object.fromEntries([label]))}`)
  }
  // A literal, not a parameter: the planner uses the partial indexes only for the same literal.
  query = phase === undefined ? query.where('phase', '<>', sql.lit('deleted')) : query.where('phase', '=', phase)
  return after === undefined ? query : query.where('id', '<', after)
}

export interface EnvironmentOutcome {
  readonly phase: Phase
  /** Left as they are when undefined: during and after a failed change the last good ones hold. */
  readonly outputs?: Outputs | null | undefined
  readonly observedGeneration?: number | undefined
}

/**
 * Writes what an operation made of its environment; false, and nothing written, when the operation has another attempt.
 * The phase does not change while a later operation waits: an environment that is to be deleted stays `deleting`
 * whatever becomes of the operation before. Phase `deleted` sets the time of deletion and frees the name.
 *
 * In one transaction with `finishOperation`: roll back if either of the two misses.
 */
export async function writeOutcome (db: Queryable, fence: Fence, change: EnvironmentOutcome): Promise<boolean> {
  const { phase, outputs, observedGeneration } = change
  const { rows } = await sql`
    update environments e set
      phase = next.phase,
      deleted_at = case when next.phase = 'deleted' then now() end,
      outputs = case when ${outputs !== undefined}::boolean
        then ${jsonOrNull(outputs ?? null)}::jsonb else e.outputs end,
      observed_generation = coalesce(${observedGeneration ?? null}::integer, e.observed_generation),
      updated_at = now()
    from operations
    cross join lateral (
      select case when exists (
        select from operations later
        where later.environment_id = operations.environment_id and later.serial > operations.serial
          and later.state in ('queued', 'running') and later.kind in ${CHANGING_KINDS_SQL}
      ) then (select phase from environments where id = operations.environment_id) else ${phase}::text end as phase
    ) next
    where ${isAttempt(fence)} and e.id = operations.environment_id
    returning e.id`.execute(db)
  return rows.length > 0
}

/** Moves an environment to the phase a request puts it in; only under `lockEnvironment`. */
export async function changePhase (
  trx: Queryable,
  id: string,
  phase: Exclude<Phase, 'deleted'>
): Promise<EnvironmentRow> {
  return trx
    .updateTable('environments')
    .set({ phase, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export interface SpecChange {
  readonly spec: Spec
  readonly resolved: ResolvedSpec
  readonly phase: Exclude<Phase, 'deleted'>
  /** The resolved spec is the present one, which has been applied. */
  readonly isReal?: boolean
}

/** Gives an environment another spec, the next generation; only under `lockEnvironment`. */
export async function changeSpec (
  trx: Queryable,
  id: string,
  { spec, resolved, phase, isReal = false }: SpecChange
): Promise<EnvironmentRow> {
  const {
    rows: [row]
  } = await sql<EnvironmentRow>`
    update environments set
      spec = ${json(spec)}, resolved = ${json(resolved)}, phase = ${phase}, generation = generation + 1,
      updated_at = now(),
      observed_generation = case when ${isReal}::boolean then generation + 1 else observed_generation end
    where id = ${id} returning *`.execute(trx)
  if (!row) throw new Error(`environment ${id} is gone`)
  await addGeneration(trx, row)
  return row
}

async function addGeneration (db: Queryable, { id, generation, spec }: EnvironmentRow): Promise<void> {
  await sql`insert into generations (environment_id, generation, spec)
    values (${id}, ${generation}, ${json(spec)})`.execute(db)
}

/** The spec of an earlier generation. */
export async function specAt (db: Queryable, environmentId: string, generation: number): Promise<Spec | undefined> {
  const row = await db.selectFrom('generations').select('spec')
    .where('environment_id', '=', environmentId).where('generation', '=', generation).executeTakeFirst()
  return row?.spec
}

/** Sets one condition and leaves the others; `since` stays where the status does. */
export async function setCondition (
  trx: Queryable,
  environmentId: string,
  condition: Omit<Static<typeof Condition>, 'since'>
): Promise<void> {
  await sql`
    update environments e set updated_at = now(), conditions = (
      select coalesce(jsonb_agg(c) filter (where c->>'type' <> ${condition.type}), '[]')
        || jsonb_build_array(${json(condition)} || jsonb_build_object('since', coalesce(
        max(c->>'since') filter (where c->>'type' = ${condition.type}
          and (c->>'status')::boolean = ${condition.status}::boolean),
        to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))))
      from jsonb_array_elements(e.conditions) c
    )
    where e.id = ${environmentId}`.execute(trx)
}
