import { Refusal } from '../../errors.ts'
import type { Environment } from '../../schemas/environment.ts'
import type { Spec } from '../../schemas/spec.ts'
import { resolveSpec } from '../../spec/resolve.ts'
import { environmentById, environmentByName, insertEnvironment } from '../../store/queries/environments.ts'
import type { Queryable } from '../../store/sql.ts'
import { lockTeam } from '../../store/queries/teams.ts'
import type { Context } from '../context.ts'
import { presentEnvironment } from '../reads/present.ts'
import { outdated, previewOfCreation } from '../preconditions/if-preview.ts'
import { refuseOutside, teamFor, type TeamRules } from '../access/guardrails.ts'
import { enqueueFor, transact, type Requester } from './transaction.ts'

/**
 * Stores an environment, its create operation and the job that delivers it, in one transaction.
 * @throws Refusal `unknown-team`, `outside-guardrails`, `environment-exists`, `preview-outdated`
 */
export async function createEnvironment (context: Context, requester: Requester, spec: Spec): Promise<Environment> {
  const team = await teamFor(context, requester.caller, spec.team)
  return transact(context, requester, async (trx) => {
    // A PUT that looks for the environment meanwhile waits, and finds it. Teams are locked before environments, here as there.
    await lockTeam(trx, spec.team)
    return insertWithCreate(context, trx, requester, { spec, team })
  })
}

/** The transaction's part of it: a request that is repeated is answered as before, whatever has become of the guardrails. */
export async function insertWithCreate (
  context: Context,
  trx: Queryable,
  requester: Requester,
  { spec, team: { placement, guardrails } }: { spec: Spec, team: TeamRules }
): Promise<Environment> {
  refuseOutside(spec, placement, guardrails)
  const resolved = resolveSpec(spec, placement)
  const preview = await previewOfCreation(context, trx, requester, { spec, resolved, placement })
  const inserted = await insertEnvironment(trx, {
    id: preview?.environmentId ?? context.ids.environment(),
    team: spec.team,
    name: spec.name,
    cloud: context.cloud,
    placement,
    spec,
    resolved
  })
  if (inserted.outcome === 'exists') throw await taken(trx, spec, preview?.environmentId)
  const { environment } = inserted
  const operation = await enqueueFor(context, trx, { environment, kind: 'create', requestId: requester.requestId })
  return presentEnvironment(environment, operation)
}

/** Its name, or the id that a preview had set aside for it. */
async function taken (trx: Queryable, { team, name }: Spec, previewed: string | undefined): Promise<Refusal> {
  if (previewed !== undefined && await environmentById(trx, previewed)) return outdated('it was carried out already')
  const existing = await environmentByName(trx, team, name)
  return new Refusal(
    'environment-exists',
    `${team} has an environment ${name}${existing ? `: /environments/${existing.id}` : ''}`
  )
}
