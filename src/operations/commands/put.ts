import { Refusal } from '../../errors.ts'
import type { Spec } from '../../schemas/spec.ts'
import { environmentByName, lockEnvironment } from '../../store/queries/environments.ts'
import { lockTeam } from '../../store/queries/teams.ts'
import type { Requester } from '../access/requester.ts'
import { teamFor } from '../access/guardrails.ts'
import type { Context } from '../context.ts'
import { insertWithCreate } from './create.ts'
import { transact } from './transaction.ts'
import { updateLocked, type Change, type Changed } from './update.ts'

export interface Put {
  readonly spec: Spec
  /** What is asked where the environment exists. */
  readonly change: Change
  /** Refuse where the environment exists. */
  readonly onlyCreate: boolean
}

/**
 * Creates the environment of that team and name, or gives it that spec.
 * @throws Refusal whatever createEnvironment and updateEnvironment refuse
 */
export async function putEnvironment (
  context: Context, requester: Requester, { spec, change, onlyCreate }: Put
): Promise<Changed> {
  const team = await teamFor(context, requester.caller, spec.team)
  return transact(context, requester, async (scope) => {
    const { trx } = scope
    // Of two requests at the same time one creates the environment, and the other finds it.
    await lockTeam(trx, spec.team)
    const found = await environmentByName(trx, spec.team, spec.name)
    const environment = found && await lockEnvironment(trx, found.id)
    if (environment && onlyCreate) {
      throw new Refusal('precondition-failed', `the environment exists: /environments/${environment.id}`)
    }
    if (environment) return updateLocked(scope, environment, change)
    if (change.ifMatch !== undefined) throw new Refusal('precondition-failed', 'there is no such environment')
    return { environment: await insertWithCreate(scope, spec, team), accepted: true }
  })
}
