import { Value } from 'typebox/value'
import { Refusal } from '../errors.ts'
import type { Environment } from '../schemas/environment.ts'
import { Slug } from '../schemas/names.ts'
import type { Spec } from '../schemas/spec.ts'
import type { Guardrails, Placement } from '../schemas/team.ts'
import { checkGuardrails } from '../spec/guardrails.ts'
import { resolveSpec } from '../spec/resolve.ts'
import { environmentByName, insertEnvironment, lockEnvironment, changePhase } from '../store/environments.ts'
import { insertOperation, newestOperations, requestCancel, unfinishedOf } from '../store/operations.ts'
import type { EnvironmentRow, OperationRow, TeamRow } from '../store/tables.ts'
import type { Queryable } from '../store/sql.ts'
import { addTeam, teamByName } from '../store/teams.ts'
import { teamOf, type Caller, type Context } from './context.ts'
import { recordCancelled } from './endings.ts'
import { operationError, presentEnvironment } from './present.ts'
import { visibleEnvironment } from './queries.ts'
import { PHASE_DURING } from './transitions.ts'

export interface Requester { readonly caller: Caller, readonly requestId: string }

/** An open sandbox adds unknown teams: nothing in it is real, so nothing needs a guardrail there. */
const OPEN_TEAM: { placement: Placement, guardrails: Guardrails } = {
  placement: { region: 'us-east-1' },
  guardrails: { regions: ['*'], subnets: ['*'], securityGroups: ['*'], ecrRepositories: ['*'] }
}

/**
 * The placement a spec will be judged by; undefined where the request will be refused anyway. The body may be of any
 * shape: it is asked before the body is known to be right, so that all its faults are found together.
 */
export async function placementFor ({ database, isOpen }: Context, caller: Caller, body: unknown): Promise<Placement | undefined> {
  const team = typeof body === 'object' && body !== null && 'team' in body ? body.team : undefined
  const visible = teamOf(caller)
  // No text reaches a query unjudged: Postgres fails on a NUL.
  if (!Value.Check(Slug, team) || (visible !== undefined && visible !== team)) return undefined
  const row = await teamByName(database.db, team)
  return row?.placement ?? (await isOpen() ? OPEN_TEAM.placement : undefined)
}

/**
 * Stores an environment, its create operation and the job that delivers it, in one transaction.
 * @throws Refusal `unknown-team`, `outside-guardrails`, `environment-exists`
 */
export async function createEnvironment (context: Context, requester: Requester, spec: Spec): Promise<Environment> {
  const { database, ids, cloud } = context
  const team = await teamFor(context, requester.caller, spec.team)
  const errors = checkGuardrails(spec, team.placement, team.guardrails)
  if (errors.length > 0) throw new Refusal('outside-guardrails', 'an admin widens them with PUT /teams/{team}; nothing was created', { errors })
  const resolved = resolveSpec(spec, team.placement)

  return database.db.transaction().execute(async trx => {
    const inserted = await insertEnvironment(trx, {
      id: ids.environment(), team: spec.team, name: spec.name, cloud, placement: team.placement, spec, resolved
    })
    if (inserted.outcome === 'exists') throw await nameTaken(trx, spec)
    const operation = await enqueue(context, trx, { environment: inserted.environment, kind: 'create', requestId: requester.requestId })
    return presentEnvironment(inserted.environment, operation)
  })
}

async function teamFor ({ database, isOpen }: Context, caller: Caller, name: string): Promise<Pick<TeamRow, 'placement' | 'guardrails'>> {
  const visible = teamOf(caller)
  const team = visible === undefined || visible === name ? await teamByName(database.db, name) : undefined
  if (team) return team
  // The same words whether the team is another's or nobody's: a key must not find out who else there is.
  if (visible !== undefined || !await isOpen()) throw new Refusal('unknown-team', `${name} is not a team this key can use; an admin adds teams with PUT /teams/${name}`)
  await addTeam(database.db, { name, ...OPEN_TEAM })
  return await teamByName(database.db, name) ?? OPEN_TEAM
}

async function nameTaken (trx: Queryable, { team, name }: Spec): Promise<Refusal> {
  const existing = await environmentByName(trx, team, name)
  return new Refusal('environment-exists', `${team} has an environment ${name}${existing ? `: /environments/${existing.id}` : ''}`)
}

interface NewWork { readonly environment: EnvironmentRow, readonly kind: 'create' | 'delete', readonly requestId: string }

async function enqueue (context: Context, trx: Queryable, { environment, kind, requestId }: NewWork): Promise<OperationRow> {
  const result = await insertOperation(trx, {
    id: context.ids.operation(), environmentId: environment.id, kind, generation: environment.generation, requestId
  })
  if (result.outcome === 'busy') throw new Refusal('operation-in-progress', 'another operation waits already', { operation: `/environments/${environment.id}` })
  await context.queue.enqueue(trx, result.operation.id)
  return result.operation
}

/**
 * Asks for an environment to be torn down, in any phase: a create that waits is cancelled at once, one that runs is asked
 * to stop and the delete follows it. Repeating the request answers the delete that is under way.
 */
export async function deleteEnvironment (context: Context, requester: Requester, id: string): Promise<Environment> {
  const { database } = context
  await visibleEnvironment(context, requester.caller, id)
  return database.db.transaction().execute(async trx => {
    const environment = await lockEnvironment(trx, id)
    if (!environment) throw new Refusal('not-found', `there is no environment ${id}`)
    const unfinished = await unfinishedOf(trx, id)
    const deleting = unfinished.find(({ kind }) => kind === 'delete')
    if (deleting) return presentEnvironment(environment, deleting)
    if (environment.phase === 'deleted') return presentEnvironment(environment, (await newestOperations(trx, [id])).get(id))
    for (const operation of unfinished) await cancelFor(trx, operation)
    const operation = await enqueue(context, trx, { environment, kind: 'delete', requestId: requester.requestId })
    return presentEnvironment(await changePhase(trx, id, PHASE_DURING.delete), operation)
  })
}

async function cancelFor (trx: Queryable, { id }: OperationRow): Promise<void> {
  const cancelled = await requestCancel(trx, id, operationError('cancelled', 'the environment is to be deleted'))
  if (cancelled?.state === 'cancelled') await recordCancelled(trx, cancelled, 'the environment is to be deleted')
}
