import type { Operation } from '../../schemas/operation.ts'
import type { Spec } from '../../schemas/spec.ts'
import { resolveSpec } from '../../spec/resolve.ts'
import { environmentById, environmentByName } from '../../store/queries/environments.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { teamByName } from '../../store/queries/teams.ts'
import { Refusal } from '../../errors.ts'
import type { Context } from '../context.ts'
import { presentOperation } from '../reads/present.ts'
import { visibleEnvironment } from '../reads/queries.ts'
import { refuseOutside, teamFor } from '../access/guardrails.ts'
import { enqueue, enqueueFor, transact, type Requester } from './transaction.ts'

/**
 * Enqueues a preview of an environment that does not exist yet; an id is set aside for it, because names in the cloud
 * carry a hash of the id and the environment is to get the very names that were shown.
 * @throws Refusal `unknown-team`, `outside-guardrails`, `environment-exists`
 */
export async function previewCreation (context: Context, requester: Requester, spec: Spec): Promise<Operation> {
  const { placement, guardrails } = await teamFor(context, requester.caller, spec.team)
  return transact(context, requester, async (trx) => {
    refuseOutside(spec, placement, guardrails)
    const existing = await environmentByName(trx, spec.team, spec.name)
    if (existing) {
      throw new Refusal('environment-exists', `preview a change of it: POST /environments/${existing.id}/previews`)
    }
    const preview = {
      environmentId: context.ids.environment(),
      generation: null,
      spec,
      resolved: resolveSpec(spec, placement),
      placement
    }
    return presentOperation(
      await enqueue(context, trx, {
        id: context.ids.operation(),
        environmentId: null,
        team: spec.team,
        kind: 'preview',
        generation: 1,
        requestId: requester.requestId,
        input: { preview }
      })
    )
  })
}

/**
 * Enqueues a preview of a change, beside whatever runs.
 * @param change makes the new spec of the present one; checked by then
 * @throws Refusal `outside-guardrails`, `environment-deleted`
 */
export async function previewChange (
  context: Context, requester: Requester, id: string, change: (present: EnvironmentRow) => Spec
): Promise<Operation> {
  return transact(context, requester, async (trx) => {
    const environment = await living(trx, id)
    const { placement, generation } = environment
    const spec = change(environment)
    const team = await teamByName(trx, environment.team)
    if (team) refuseOutside(spec, placement, team.guardrails)
    const preview = { environmentId: id, generation, spec, resolved: resolveSpec(spec, placement), placement }
    return presentOperation(
      await enqueueFor(context, trx, {
        environment,
        kind: 'preview',
        requestId: requester.requestId,
        input: { preview }
      })
    )
  })
}

/** Enqueues a drift check, beside whatever runs. */
export async function checkDrift (context: Context, requester: Requester, id: string): Promise<Operation> {
  await visibleEnvironment(context, requester.caller, id)
  return transact(context, requester, async (trx) =>
    presentOperation(
      await enqueueFor(context, trx, {
        environment: await living(trx, id),
        kind: 'drift-check',
        requestId: requester.requestId
      })
    )
  )
}

async function living (trx: Queryable, id: string): Promise<EnvironmentRow> {
  const environment = await environmentById(trx, id)
  if (!environment) throw new Refusal('not-found', `there is no environment ${id}`)
  if (environment.phase === 'deleted') throw new Refusal('environment-deleted', 'nothing of it is left to look at')
  return environment
}
