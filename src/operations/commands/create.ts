import { Refusal } from '../../errors.ts'
import type { Environment } from '../../schemas/environment.ts'
import type { Spec } from '../../schemas/spec.ts'
import { resolveSpec } from '../../spec/resolve.ts'
import { environmentById, environmentByName, insertEnvironment } from '../../store/queries/environments.ts'
import { lockTeam } from '../../store/queries/teams.ts'
import type { Queryable } from '../../store/sql.ts'
import type { Requester } from '../access/requester.ts'
import { refuseOutside, teamFor, type TeamRules } from '../access/guardrails.ts'
import type { Context } from '../context.ts'
import { outdated, previewOfCreation } from '../preconditions/if-preview.ts'
import { presentEnvironment } from '../reads/present.ts'
import { enqueueFor, transact, type WriteScope } from './transaction.ts'

/**
 * Stores an environment, its create operation and the job that delivers it, in one transaction.
 * @throws Refusal `unknown-team`, `outside-guardrails`, `environment-exists`, `preview-outdated`
 */
export async function createEnvironment (context: Context, requester: Requester, spec: Spec): Promise<Environment> {
  const team = await teamFor(context, requester.caller, spec.team)
  return transact(context, requester, async (scope) => {
    // A PUT that looks for the environment meanwhile waits, and finds it. Everywhere teams are locked before
    // environments.
    await lockTeam(scope.trx, spec.team)
    return insertWithCreate(scope, spec, team)
  })
}

/**
 * Inserts the environment and its create operation. A repeated request is answered as before, even if guardrails
 * changed.
 */
export async function insertWithCreate (
  scope: WriteScope, spec: Spec, { placement, guardrails }: TeamRules
): Promise<Environment> {
  const { context, trx } = scope
  refuseOutside(spec, placement, guardrails)
  const resolved = resolveSpec(spec, placement)
  const preview = await previewOfCreation(scope, { spec, resolved, placement })
  const inserted = await insertEnvironment(trx, {
    id: preview?.environmentId ?? context.ids.environment(),
    team: spec.team,
    name: spec.name,
    cloud: context.cloud,
    placement,
    spec,
    resolved
  })
  if (inserted.outcome === 'exists') throw await existing(trx, spec, preview?.environmentId)
  const { environment } = inserted
  const operation = await enqueueFor(scope, { environment, kind: 'create', input: {} })
  return presentEnvironment(environment, operation)
}

/** The refusal of a name that exists, or of the id that a preview had reserved. */
async function existing (trx: Queryable, { team, name }: Spec, previewed: string | undefined): Promise<Refusal> {
  if (previewed !== undefined && await environmentById(trx, previewed)) return outdated('it was carried out already')
  const found = await environmentByName(trx, team, name)
  const link = found ? `: /environments/${found.id}` : ''
  return new Refusal('environment-exists', `${team} has an environment ${name}${link}`)
}
