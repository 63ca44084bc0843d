import { Refusal, operationError } from '../../errors.ts'
import type { Operation } from '../../schemas/operation.ts'
import { lockEnvironment, writeOutcome } from '../../store/queries/environments.ts'
import { operationById, requestCancel, unfinishedOf } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, OperationRow } from '../../store/tables.ts'
import type { Requester } from '../access/requester.ts'
import { PHASE_DURING, changesEnvironment, hasEnded, phaseAfterOperation } from '../attempt/phases.ts'
import { markQueuesDisabled, recordCancelled } from '../attempt/settlement.ts'
import type { Context } from '../context.ts'
import { presentOperation } from '../reads/present.ts'
import { visibleOperation } from '../reads/queries.ts'
import { transact } from './transaction.ts'

const REASON = 'a caller cancelled it'

/**
 * Ends an operation that waits at once; asks one that runs to stop: its engine gets SIGINT, then SIGTERM,
 * then killed. Harmless to repeat, and for one that has ended.
 */
export async function cancelOperation (context: Context, requester: Requester, id: string): Promise<Operation> {
  const { environment_id: environmentId } = await visibleOperation(context, requester.caller, id)
  return transact(context, requester, async ({ trx }) => {
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

/**
 * Gives the environment the phase after an operation that was cancelled while it waited, for its first try or a later
 * one.
 */
async function applyCancelledPhase (
  trx: Queryable, environment: EnvironmentRow, operation: OperationRow
): Promise<void> {
  if (!changesEnvironment(operation)) return
  const { id, attempt } = operation
  const nothingChanged = operation.kind === 'delete' ? !operation.input.begun : attempt === 0
  await markQueuesDisabled(trx, id, environment)
  const [running] = await unfinishedOf(trx, environment.id)
  const after = phaseAfterOperation(operation, environment, { state: 'cancelled', nothingChanged })
  const during = running && changesEnvironment(running) && { phase: PHASE_DURING[running.kind] }
  await writeOutcome(trx, { operationId: id, attempt }, { ...after, ...during })
}

async function ended (trx: Queryable, id: string): Promise<OperationRow> {
  const operation = await operationById(trx, id)
  if (!operation || !hasEnded(operation.state)) throw new Refusal('not-found', `there is no operation ${id}`)
  return operation
}
