import { setTimeout as delay } from 'node:timers/promises'
import { CloudFailure } from '../../cloud/failure.ts'
import { RunFailure } from '../../engine/types.ts'
import { operationError } from '../../errors.ts'
import { isDatabaseAway } from '../../store/database/errors.ts'
import { environmentById } from '../../store/queries/environments.ts'
import { appendEvents } from '../../store/queries/events.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { createRecorder, type Recorder } from '../events/recorder.ts'
import { waitForPredecessor } from '../handlers/engine-run.ts'
import { carryOut } from '../handlers/index.ts'
import { NothingChangedError } from '../handlers/work-item.ts'
import { abortAttempt, type AbortReason, type Attempt, type Outcome } from './attempt.ts'
import { keepLease } from './lease.ts'
import { retryDelay } from './retry-delay.ts'
import { finish, postpone, release } from './settlement.ts'

/** How long after a write that the database did not take it is tried again. */
const RETRY_SECONDS = 1

/** Runs the operation and writes how it ended. Resolves also when it failed: the row says so. */
export async function runAttempt (attempt: Attempt): Promise<void> {
  const { context: { database }, fence, control, log } = attempt
  const stopRenewing = keepLease(attempt)
  const recorder = createRecorder({ database, fence, log, onLeaseLost: () => { abortAttempt(control, 'lease-lost') } })
  try {
    const outcome = await run(attempt, recorder)
    await untilStored(attempt, async () => {
      await recorder.close()
      await settle(attempt, outcome)
    })
  } finally {
    stopRenewing()
    await recorder.close().catch((error: unknown) => {
      log.warn({ err: error }, 'the last events could not be stored')
    })
  }
}

/** Writes how the attempt ended: the operation has ended, or goes back to the queue. */
async function settle (attempt: Attempt, outcome: Outcome): Promise<void> {
  const reason = attempt.control.signal.reason as AbortReason | undefined
  if (reason === 'lease-lost') return
  if ((reason === 'stop' || reason === 'database-unavailable') && outcome.state !== 'succeeded') {
    return release(attempt, attempt.flags.predecessorLeft ? 'alive' : 'gone', reason)
  }
  if (await postponed(attempt, outcome)) return
  await finish(attempt, outcome)
  const { context: { metrics }, operation: { kind }, startedAt } = attempt
  metrics.operations.observe({ kind, outcome: outcome.state }, (performance.now() - startedAt) / 1000)
}

/**
 * Writes the end of the attempt; while the database does not answer, again and again, unless another worker has taken
 * the operation over.
 */
async function untilStored ({ control, log }: Attempt, write: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (!isDatabaseAway(error) || control.signal.reason === 'lease-lost') throw error
      log.warn({ err: error }, 'the end of the attempt could not be stored yet')
      await delay(RETRY_SECONDS * 1000)
    }
  }
}

async function run (attempt: Attempt, recorder: Recorder): Promise<Outcome> {
  try {
    await waitForPredecessor(attempt)
    const environment = await environmentOf(attempt)
    return { state: 'succeeded', done: await carryOut({ attempt, recorder }, environment) }
  } catch (error) {
    const nothingChanged = error instanceof NothingChangedError
    const cause = nothingChanged ? error.cause : error
    if (isDatabaseAway(cause)) {
      attempt.log.warn({ err: cause }, 'the attempt is given back: the database did not answer')
      abortAttempt(attempt.control, 'database-unavailable')
    }
    return { ...failureOf(attempt, cause), nothingChanged }
  }
}

async function environmentOf ({ context, operation }: Attempt): Promise<EnvironmentRow | undefined> {
  const { environment_id: id } = operation
  if (id === null) return undefined
  const environment = await environmentById(context.database.db, id)
  if (!environment) throw new Error(`the environment of operation ${operation.id} is gone`)
  return environment
}

type Failure = Omit<Extract<Outcome, { state: 'failed' | 'cancelled' }>, 'nothingChanged'>

function failureOf ({ control, log }: Attempt, error: unknown): Failure {
  if (control.signal.reason === 'cancel') {
    return { state: 'cancelled', error: operationError('cancelled', 'it was asked to stop before it was done') }
  }
  if (error instanceof RunFailure) return { state: 'failed', error: error.error }
  if (error instanceof CloudFailure) {
    const { code, message, requestId: cloudRequestId } = error
    return { state: 'failed', error: operationError(code, message, { cloudRequestId }) }
  }
  if (control.signal.aborted) return { state: 'failed', error: operationError('cancelled', 'the attempt was aborted') }
  log.error({ err: error }, 'the run failed in a way nobody foresaw')
  return {
    state: 'failed',
    error: operationError('engine-failed', "an unexpected failure; the log has it under this operation's id")
  }
}

/** Whether the failure is transient, so that the operation goes back to the queue to be tried again. */
async function postponed (attempt: Attempt, outcome: Outcome): Promise<boolean> {
  const { operation: { retries }, context: { retries: { limit, baseSeconds } } } = attempt
  if (outcome.state !== 'failed' || !outcome.error.transient || retries >= limit) return false
  const seconds = retryDelay(retries, baseSeconds, Math.random())
  return postpone(attempt, { error: outcome.error, seconds, try: retries + 1, limit })
}

/** Stores the attempt's first event; false when the attempt has lost its lease. */
export async function recordStart ({ context, operation, fence }: Attempt): Promise<boolean> {
  const reason = operation.attempt > 1 ? { reason: 'taken up again; it carries on from the state' } : {}
  return appendEvents(context.database.db, fence, [
    { type: 'state', state: 'running', attempt: operation.attempt, ...reason }
  ])
}
