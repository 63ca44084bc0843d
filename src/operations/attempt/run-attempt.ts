import { setTimeout as delay } from 'node:timers/promises'
import { CloudFailure } from '../../cloud/failure.ts'
import { RunFailure } from '../../engine/types.ts'
import type { Ending } from '../../store/queries/attempts.ts'
import { environmentById } from '../../store/queries/environments.ts'
import { isDatabaseAway } from '../../store/database/errors.ts'
import { appendEvents } from '../../store/queries/events.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { abortAttempt, type Attempt, type AbortReason, type Outcome } from './attempt.ts'
import { finish, postpone, release } from './settlement.ts'
import { keepLease } from './lease.ts'
import { operationError } from '../../errors.ts'
import { createRecorder, type Recorder } from '../events/recorder.ts'
import { retryDelay } from './retry-delay.ts'
import { NothingChangedError } from '../handlers/work-item.ts'
import { waitForPredecessor } from '../handlers/engine-run.ts'
import { HANDLERS } from '../handlers/index.ts'

/** How often a database that is away is asked whether it is back. */
const RETRY_SECONDS = 1

/** Runs the operation and writes how it ended. Resolves also when it failed: the row says so. */
export async function runAttempt (attempt: Attempt): Promise<void> {
  const { context: { database }, fence, control, log } = attempt
  const stopRenewing = keepLease(attempt)
  const recorder = createRecorder({ database, fence, log, onLeaseLost: () => { abortAttempt(control, 'lease-lost') } })
  try {
    const outcome = await run(attempt, recorder)
    await onceItAnswers(attempt, async () => {
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
  if ((reason === 'stop' || reason === 'database-unavailable') && outcome.ending.state !== 'succeeded') {
    return release(attempt, attempt.flags.predecessorLeft ? 'alive' : 'gone', reason)
  }
  if (await postponed(attempt, outcome.ending)) return
  await finish(attempt, outcome)
  const { context: { metrics }, operation: { kind }, startedAt } = attempt
  metrics.operations.observe({ kind, outcome: outcome.ending.state }, (performance.now() - startedAt) / 1000)
}

/** What was done must not be forgotten because the database is away: written when it is back, if nobody has the operation by then. */
async function onceItAnswers ({ control, log }: Attempt, write: () => Promise<void>): Promise<void> {
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
    const { result, ...done } = await HANDLERS[attempt.operation.kind]({ attempt, environment, recorder })
    return { ...done, ending: { state: 'succeeded', ...(result && { result }) } }
  } catch (error) {
    const nothingChanged = error instanceof NothingChangedError
    const cause = nothingChanged ? error.cause : error
    if (isDatabaseAway(cause)) {
      attempt.log.warn({ err: cause }, 'the attempt is given back: the database did not answer')
      abortAttempt(attempt.control, 'database-unavailable')
    }
    return { ending: endingOf(attempt, cause), nothingChanged }
  }
}

async function environmentOf ({ context, operation }: Attempt): Promise<EnvironmentRow | undefined> {
  const { environment_id: id } = operation
  if (id === null) return undefined
  const environment = await environmentById(context.database.db, id)
  if (!environment) throw new Error(`the environment of operation ${operation.id} is gone`)
  return environment
}

function endingOf ({ control, log }: Attempt, error: unknown): Ending {
  if (control.signal.reason === 'cancel') {
    return { state: 'cancelled', error: operationError('cancelled', 'it was asked to stop before it was done') }
  }
  if (error instanceof RunFailure) return { state: 'failed', error: error.error }
  if (error instanceof CloudFailure) {
    const { code, message, requestId: cloudRequestId } = error
    return { state: 'failed', error: operationError(code, message, { cloudRequestId }) }
  }
  if (control.signal.aborted) return { state: 'failed', error: operationError('cancelled', 'broken off') }
  log.error({ err: error }, 'the run failed in a way nobody foresaw')
  return {
    state: 'failed',
    error: operationError('engine-failed', "an unexpected failure; the log has it under this operation's id")
  }
}

/** Whether the failure is one that passes, and the operation goes back to the queue to be tried again. */
async function postponed (attempt: Attempt, ending: Ending): Promise<boolean> {
  const { operation: { retries }, context: { retries: { limit } } } = attempt
  if (ending.state !== 'failed' || ending.error.transient !== true || retries >= limit) return false
  const seconds = retryDelay(retries, attempt.context.retries.baseSeconds, Math.random())
  return postpone(attempt, { error: ending.error, seconds, try: retries + 1, limit })
}

/** The attempt's first event. */
export async function announce ({ context, operation, fence }: Attempt): Promise<boolean> {
  const reason = operation.attempt > 1 ? { reason: 'taken up again; it carries on from the state' } : {}
  return appendEvents(context.database.db, fence, [
    { type: 'state', state: 'running', attempt: operation.attempt, ...reason }
  ])
}
