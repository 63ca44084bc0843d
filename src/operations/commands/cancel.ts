import { Refusal, operationError } from '../../errors.ts'
import type { Operation } from '../../schemas/operation.ts'
import { writeOutcome, lockEnvironment } from '../../store/queries/environments.ts'
import { operationById, requestCancel, unfinishedOf } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, OperationRow } from '../../store/tables.ts'
import type { Context } from '../context.ts'
import { recordCancelled, markQueuesDisabled } from '../attempt/settlement.ts'
import { presentOperation } from '../reads/present.ts'
import { visibleOperation } from '../reads/queries.ts'
import { PHASE_DURING, hasEnded, isChanging, phaseAfterOperation } from '../attempt/phases.ts'
import { transact, type Requester } from './transaction.ts'

const REASON = 'a caller cancelled it'

/**
 * Ends an operation that waits at once; asks one that runs to stop: its engine is interrupted, then told to terminate, then
 * killed. Harmless to repeat, and for one that has ended.
 */
export async function cancelOperation (context: Context, requester: Requester, id: string): Promise<Operation> {
  const { environment_id: environmentId } = await visibleOperation(context, requester.caller, id)
  return transact(context, requester, async (trx) => {
    // The environment first, as everywhere: two orders of locking would deadlock.
    const environment = environmentId === null ? undefined : await lockEnvironment(trx, environmentId)
    const operation = await requestCancel(trx, id, operationError('cancelled', REASON))
    if (operation?.state === 'cancelled') {
      await recordCancelled(trx, operation, REASON)
      if (environment) await applyCancelledPhase(trx, environment, operation)
    }
    return presentOperation(operation ?? await ended(trx, id))
  })
}

/** Puts the environment where an operation leaves it that was cancelled while it waited: for its first try, or for another one. */
async function applyCancelledPhase (
  trx: Queryable,
  environment: EnvironmentRow,
  { id, kind, attempt, input }: OperationRow
): Promise<void> {
  if (!isChanging(kind)) return
  const nothingChanged = kind === 'delete' ? !input.begun : attempt === 0
  await markQueuesDisabled(trx, id, environment)
  const [running] = await unfinishedOf(trx, environment.id)
  const during = running && isChanging(running.kind) && { phase: PHASE_DURING[running.kind] }
  await writeOutcome(
    trx,
    { operationId: id, attempt },
    { ...phaseAfterOperation({ kind, input }, 'cancelled', environment, nothingChanged), ...during }
  )
}

async function ended (trx: Queryable, id: string): Promise<OperationRow> {
  const operation = await operationById(trx, id)
  if (!operation || !hasEnded(operation.state)) throw new Refusal('not-found', `there is no operation ${id}`)
  return operation
}
