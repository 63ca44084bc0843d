import { Refusal, operationError } from '../../errors.ts'
import type { Environment } from '../../schemas/environment.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { changePhase, lockEnvironment } from '../../store/queries/environments.ts'
import { newestOperations, requestCancel, retainedBefore, unfinishedOf } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, OperationRow } from '../../store/tables.ts'
import type { Context } from '../context.ts'
import { recordCancelled } from '../attempt/settlement.ts'
import { presentEnvironment } from '../reads/present.ts'
import { visibleEnvironment } from '../reads/queries.ts'
import { PHASE_DURING, phaseBefore } from '../attempt/phases.ts'
import { refuseStale, type Expected } from '../preconditions/if-match.ts'
import { enqueueFor, inProgress, isStopping, policyOf, overridesDiffer, transact, type Requester } from './transaction.ts'

/** What a deletion is asked with. */
export interface Removal {
  /** What the spec's `deletion` says otherwise, for this call. */
  readonly overrides?: Partial<Deletion>
  readonly ifMatch?: Expected
}

/**
 * Asks for an environment to be torn down, in any phase: a create or update that waits is cancelled at once, one that runs is
 * asked to stop and the delete follows it, as it follows a delete that was cancelled. Repeating the request answers the
 * delete that is under way.
 * @throws Refusal `precondition-failed`, `deletion-protected`, `operation-in-progress` when that one has another policy
 */
export async function deleteEnvironment (
  context: Context,
  requester: Requester,
  id: string,
  { overrides = {}, ifMatch }: Removal
): Promise<Environment> {
  await visibleEnvironment(context, requester.caller, id)
  return transact(context, requester, async (trx) => {
    const environment = await lockEnvironment(trx, id)
    if (!environment) throw new Refusal('not-found', `there is no environment ${id}`)
    await refuseStale(trx, environment, ifMatch)
    const unfinished = await unfinishedOf(trx, id)
    const deleting = unfinished.find((operation) => operation.kind === 'delete' && !isStopping(operation))
    if (deleting) return presentEnvironment(environment, agreeing(deleting, environment, overrides))
    if (environment.phase === 'deleted') {
      return presentEnvironment(environment, (await newestOperations(trx, [id])).get(id))
    }
    const deletion = { ...environment.resolved.deletion, ...overrides }
    if (deletion.protected) {
      throw new Refusal(
        'deletion-protected',
        'set deletion.protected to false in its spec first, or say ?protected=false'
      )
    }
    for (const operation of unfinished) await cancelFor(trx, operation)
    const input = { deletion, ...phaseBefore(environment), ...(await retainedBefore(trx, id)) }
    const operation = await enqueueFor(context, trx, {
      environment,
      kind: 'delete',
      requestId: requester.requestId,
      input
    })
    return presentEnvironment(await changePhase(trx, id, PHASE_DURING.delete), operation)
  })
}

/** The delete that is under way, unless the call says otherwise than that was asked with: nobody may take its policy for another. */
function agreeing (deleting: OperationRow, environment: EnvironmentRow, overrides: Partial<Deletion>): OperationRow {
  if (!overridesDiffer(deleting, environment, overrides)) return deleting
  const inForce = Object.entries(policyOf(deleting, environment)).map(([name, value]) => `${name}=${value}`).join('&')
  throw inProgress(deleting, `with ?${inForce}; cancel it to say otherwise`)
}

async function cancelFor (trx: Queryable, { id }: OperationRow): Promise<void> {
  const cancelled = await requestCancel(trx, id, operationError('cancelled', 'the environment is to be deleted'))
  if (cancelled?.state === 'cancelled') await recordCancelled(trx, cancelled, 'the environment is to be deleted')
}
