import type { Outputs } from '../schemas/environment.ts'
import { changeEnvironment, lockEnvironment, type EnvironmentChange } from '../store/environments.ts'
import { appendEvents } from '../store/events.ts'
import { finishOperation, releaseOperation, unfinishedOf, type Ending } from '../store/operations.ts'
import type { Queryable } from '../store/sql.ts'
import type { OperationRow } from '../store/tables.ts'
import type { Attempt } from './attempt.ts'
import { kindOf } from './present.ts'
import { phaseAfter } from './transitions.ts'

/** Undoes a transaction whose attempt has been taken over meanwhile. */
class TakenOver extends Error {}

async function inTransaction (attempt: Attempt, write: (trx: Queryable) => Promise<boolean>): Promise<boolean> {
  const { context: { database }, log } = attempt
  try {
    await database.db.transaction().execute(async trx => {
      // The environment first, as requests do: two orders of locking would deadlock.
      await lockEnvironment(trx, attempt.operation.environment_id)
      if (!await write(trx)) throw new TakenOver()
    })
    return true
  } catch (error) {
    if (!(error instanceof TakenOver)) throw error
    log.warn('another worker has taken the operation over; its word counts')
    return false
  }
}

/** Ends the operation, its environment and its story in one transaction, and delivers the operation that waits for it. */
export async function finish (attempt: Attempt, ending: Ending, outputs: Outputs | undefined): Promise<void> {
  const { context, operation, fence, log } = attempt
  const written = await inTransaction(attempt, async trx => {
    if (!await finishOperation(trx, fence, ending)) return false
    await appendEvents(trx, fence, [{ type: 'state', state: ending.state, attempt: fence.attempt }])
    await changeEnvironment(trx, fence, await changeFor(trx, operation, ending, outputs))
    const waiting = (await unfinishedOf(trx, operation.environment_id)).find(({ state }) => state === 'queued')
    if (waiting) await context.queue.enqueue(trx, waiting.id)
    return true
  })
  if (!written) return
  const { code, detail } = ending.state === 'succeeded' ? {} : ending.error
  log.info({ state: ending.state, code, detail }, 'operation ended')
}

async function changeFor (trx: Queryable, operation: OperationRow, { state }: Ending, outputs: Outputs | undefined): Promise<EnvironmentChange> {
  const before = await lockEnvironment(trx, operation.environment_id)
  const phase = phaseAfter(kindOf(operation), state, before?.observed_generation != null)
  // A delete that did not get through has taken away some of what the outputs name.
  if (operation.kind === 'delete') return { phase, outputs: null }
  return outputs ? { phase, outputs, observedGeneration: operation.generation } : { phase }
}

/**
 * Hands the operation back to the queue: the service stops, and whoever runs next carries on from the state.
 * @param engine whether whoever runs next has to wait for the engine of this attempt
 */
export async function release (attempt: Attempt, engine: 'gone' | 'alive'): Promise<void> {
  const { context, operation, fence, log } = attempt
  const written = await inTransaction(attempt, async trx => {
    if (!await releaseOperation(trx, fence, engine)) return false
    await appendEvents(trx, fence, [{ type: 'state', state: 'queued', attempt: fence.attempt, reason: 'the service is stopping' }])
    await context.queue.enqueue(trx, operation.id)
    return true
  })
  if (written) log.info('operation handed back')
}

/** The last event of an operation that was cancelled while it waited. */
export async function recordCancelled (trx: Queryable, { id, attempt }: OperationRow, reason: string): Promise<void> {
  await appendEvents(trx, { operationId: id, attempt }, [{ type: 'state', state: 'cancelled', attempt, reason }])
}
