import { Refusal } from '../../errors.ts'
import type { Operation } from '../../schemas/operation.ts'
import { changePhase, lockEnvironment } from '../../store/queries/environments.ts'
import { newestOperations, retainedBefore } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type {
  ApplyInput,
  ChangingRow,
  DeleteInput,
  EnvironmentRow,
  KindAndInput,
  OperationRow
} from '../../store/tables.ts'
import type { Requester } from '../access/requester.ts'
import { PHASE_DURING, changesEnvironment, phaseBefore } from '../attempt/phases.ts'
import type { Context } from '../context.ts'
import { presentOperation } from '../reads/present.ts'
import { visibleOperation } from '../reads/queries.ts'
import { enqueueFor, refuseBusy, transact } from './transaction.ts'

/**
 * Carries a failed or cancelled operation on, from the state as it is: a new operation of the same kind, for the spec
 * as it is now. Only the environment's newest change can be retried: a later one would be undone.
 * @throws Refusal `not-retryable`, `operation-in-progress`, `environment-deleted`
 */
export async function retryOperation (context: Context, requester: Requester, id: string): Promise<Operation> {
  const failed = await visibleOperation(context, requester.caller, id)
  const { environment_id: environmentId, kind } = failed
  if (environmentId === null || !changesEnvironment(failed)) {
    throw new Refusal('not-retryable', `a ${kind} changes nothing: ask for a new one`)
  }
  return transact(context, requester, async (scope) => {
    const { trx } = scope
    const environment = await lockEnvironment(trx, environmentId)
    if (!environment) throw new Refusal('not-found', `there is no environment ${environmentId}`)
    await refuseBusy(trx, environment)
    refuseNeedless(failed, (await newestOperations(trx, [environmentId])).get(environmentId))
    const work = await sameWork(trx, failed, environment)
    const operation = await enqueueFor(scope, { environment, retryOf: id, ...work })
    await changePhase(trx, environmentId, PHASE_DURING[failed.kind])
    return presentOperation(operation)
  })
}

/** The work of a failed operation for a new one. */
async function sameWork (trx: Queryable, failed: ChangingRow, environment: EnvironmentRow): Promise<KindAndInput> {
  const { kind } = failed
  const phase = phaseBefore(environment)
  if (kind !== 'delete') return { kind, input: { ...stillAsked(failed), ...phase } }
  return { kind, input: { ...stillAsked(failed), ...phase, ...(await retainedBefore(trx, environment.id)) } }
}

/** What of its input holds for a retry: once it was claimed, the state is no longer as a preview found it. */
function stillAsked ({ attempt, input }: ChangingRow): ApplyInput | DeleteInput {
  const { deletion } = input
  return attempt === 0 ? input : { ...(deletion && { deletion }) }
}

/** @throws Refusal `not-retryable` */
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
