import { Refusal } from '../../errors.ts'
import type { Operation } from '../../schemas/operation.ts'
import { changePhase, lockEnvironment } from '../../store/queries/environments.ts'
import { newestOperations, retainedBefore } from '../../store/queries/operations.ts'
import type { OperationInput, OperationRow } from '../../store/tables.ts'
import type { Context } from '../context.ts'
import { presentOperation } from '../reads/present.ts'
import { visibleOperation } from '../reads/queries.ts'
import { PHASE_DURING, isChanging, phaseBefore } from '../attempt/phases.ts'
import { enqueueFor, refuseBusy, transact, type Requester } from './transaction.ts'

/**
 * Carries a failed or cancelled operation on, from the state as it is: a new operation of the same kind, for the spec as it
 * is now. Only of the environment's newest change: what came after it is not undone.
 * @throws Refusal `not-retryable`, `operation-in-progress`, `environment-deleted`
 */
export async function retryOperation (context: Context, requester: Requester, id: string): Promise<Operation> {
  const failed = await visibleOperation(context, requester.caller, id)
  const { environment_id: environmentId, kind } = failed
  if (environmentId === null || !isChanging(kind)) {
    throw new Refusal('not-retryable', `a ${kind} changes nothing: ask for a new one`)
  }
  return transact(context, requester, async (trx) => {
    const environment = await lockEnvironment(trx, environmentId)
    if (!environment) throw new Refusal('not-found', `there is no environment ${environmentId}`)
    await refuseBusy(trx, environment)
    refuseNeedless(failed, (await newestOperations(trx, [environmentId])).get(environmentId))
    const input = {
      ...askedWith(failed),
      ...phaseBefore(environment),
      ...(kind === 'delete' && (await retainedBefore(trx, environmentId)))
    }
    const operation = await enqueueFor(context, trx, {
      environment,
      kind,
      requestId: requester.requestId,
      retryOf: id,
      input
    })
    await changePhase(trx, environmentId, PHASE_DURING[kind])
    return presentOperation(operation)
  })
}

/** What of its input holds for a retry: once it was taken up, the state is no longer as a preview found it. */
function askedWith ({ attempt, input }: OperationRow): OperationInput {
  const { deletion } = input
  return attempt === 0 ? input : { ...(deletion && { deletion }) }
}

function refuseNeedless ({ id, state, error }: OperationRow, newest: OperationRow | undefined): void {
  const links = { operation: `/operations/${newest?.id ?? id}` }
  if (state !== 'failed' && state !== 'cancelled') throw new Refusal('not-retryable', `it is ${state}`, links)
  if (newest && newest.id !== id) {
    throw new Refusal('not-retryable', 'the environment has had another operation since', links)
  }
  if (error?.code === 'preview-outdated') {
    throw new Refusal('not-retryable', 'it would do what its preview did not show: make a new preview', links)
  }
}
