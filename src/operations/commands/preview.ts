import { Refusal } from '../../errors.ts'
import type { Operation } from '../../schemas/operation.ts'
import type { Spec } from '../../schemas/spec.ts'
import { resolveSpec } from '../../spec/resolve.ts'
import { environmentByName } from '../../store/queries/environments.ts'
import { teamByName } from '../../store/queries/teams.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import type { Requester } from '../access/requester.ts'
import { refuseOutside, teamFor } from '../access/guardrails.ts'
import type { Context } from '../context.ts'
import { presentOperation } from '../reads/present.ts'
import { enqueue, enqueueFor, environmentToRead, transact } from './transaction.ts'

/**
 * Enqueues a preview of an environment that does not exist yet. An id is reserved for it: names in the cloud carry a
 * hash of the id, and the environment is to get the names that were shown.
 * @throws Refusal `unknown-team`, `outside-guardrails`, `environment-exists`
 */
export async function previewCreation (context: Context, requester: Requester, spec: Spec): Promise<Operation> {
  const { placement, guardrails } = await teamFor(context, requester.caller, spec.team)
  return transact(context, requester, async (scope) => {
    refuseOutside(spec, placement, guardrails)
    const existing = await environmentByName(scope.trx, spec.team, spec.name)
    if (existing) {
      throw new Refusal('environment-exists', `preview a change of it: POST /environments/${existing.id}/previews`)
    }
    const resolved = resolveSpec(spec, placement)
    const preview = { environmentId: context.ids.environment(), generation: null, spec, resolved, placement }
    return presentOperation(
      await enqueue(scope, {
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

/** The change to be previewed. */
export interface PreviewedChange {
  readonly id: string
  /** Makes the new spec of the present one, and checks it. */
  readonly spec: (present: EnvironmentRow) => Spec
}

/**
 * Enqueues a preview of a change; it runs beside any other operation.
 * @throws Refusal `outside-guardrails`, `environment-deleted`
 */
export async function previewChange (
  context: Context, requester: Requester, { id, spec: newSpec }: PreviewedChange
): Promise<Operation> {
  return transact(context, requester, async (scope) => {
    const { trx } = scope
    const environment = await environmentToRead(trx, id)
    const { placement, generation } = environment
    const spec = newSpec(environment)
    const team = await teamByName(trx, environment.team)
    if (team) refuseOutside(spec, placement, team.guardrails)
    const preview = { environmentId: id, generation, spec, resolved: resolveSpec(spec, placement), placement }
    return presentOperation(await enqueueFor(scope, { environment, kind: 'preview', input: { preview } }))
  })
}
