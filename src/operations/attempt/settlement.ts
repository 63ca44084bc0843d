import type { OperationErrorData } from '../../errors.ts'
import { finishOperation, postponeOperation, releaseOperation, type Ending } from '../../store/queries/attempts.ts'
import { lockEnvironment, setCondition, writeOutcome } from '../../store/queries/environments.ts'
import { appendEvents } from '../../store/queries/events.ts'
import { changedSince, operationById, unfinishedOf } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, OperationRow } from '../../store/tables.ts'
import type { AbortReason, Attempt, Outcome } from './attempt.ts'
import { DRIFTED, changesEnvironment, isChanging, phaseAfterOperation } from './phases.ts'

/** Thrown to roll a transaction back whose attempt has been taken over meanwhile. */
class TakenOver extends Error {}

type Write = (trx: Queryable, environment: EnvironmentRow | undefined) => Promise<boolean>

async function inTransaction (attempt: Attempt, write: Write): Promise<boolean> {
  const { context: { database }, operation: { environment_id: environmentId }, log } = attempt
  try {
    await database.db.transaction().execute(async (trx) => {
      // The environment first, as requests do: two orders of locking would deadlock.
      const environment = environmentId === null ? undefined : await lockEnvironment(trx, environmentId)
      if (!await write(trx, environment)) throw new TakenOver()
    })
    return true
  } catch (error) {
    if (!(error instanceof TakenOver)) throw error
    log.warn('another worker has taken the operation over; nothing was written')
    return false
  }
}

/**
 * Writes the end of the operation, its last event and what it made of its environment in one transaction, and delivers
 * the operation that waits for it.
 */
export async function finish (attempt: Attempt, outcome: Outcome): Promise<void> {
  const { context, fence, log } = attempt
  const { state } = outcome
  const written = await inTransaction(attempt, async (trx, environment) => {
    if (!await finishOperation(trx, fence, endingOf(outcome))) return false
    await appendEvents(trx, fence, [{ type: 'state', state, attempt: fence.attempt }])
    if (!environment) return true
    await writeEffect(trx, attempt, { environment, outcome })
    const waiting = (await unfinishedOf(trx, environment.id)).find((operation) => operation.state === 'queued')
    if (waiting) await context.queue.enqueue(trx, waiting.id)
    return true
  })
  if (!written) return
  const { code, detail } = outcome.state === 'succeeded' ? {} : outcome.error
  log.info({ state, code, detail }, 'operation ended')
}

function endingOf (outcome: Outcome): Ending {
  if (outcome.state !== 'succeeded') return { state: outcome.state, error: outcome.error }
  const { done, state } = outcome
  return done.work === 'apply' ? { state } : { state, result: done.result }
}

interface Effect { readonly environment: EnvironmentRow, readonly outcome: Outcome }

/** Writes what the operation made of its environment. */
async function writeEffect (
  trx: Queryable, { operation, fence }: Attempt, { environment, outcome }: Effect
): Promise<void> {
  const { state } = outcome
  const done = outcome.state === 'succeeded' ? outcome.done : undefined
  const drifted = done && 'drifted' in done ? done.drifted : undefined
  if (drifted && await stillTrue(trx, operation, environment)) {
    await setCondition(trx, environment.id, { type: DRIFTED, ...drifted })
  }
  if (!changesEnvironment(operation)) return
  if (done?.work !== 'delete') await markQueuesDisabled(trx, operation.id, environment)
  const nothingChanged = outcome.state !== 'succeeded' && outcome.nothingChanged
  await writeOutcome(trx, fence, {
    ...phaseAfterOperation(operation, environment, { state, nothingChanged }),
    ...(done?.work === 'apply' && { outputs: done.outputs, observedGeneration: operation.generation })
  })
}

/** Marks the environment as drifted where the operation has left its job queues disabled: an update enables them. */
export async function markQueuesDisabled (
  trx: Queryable, operationId: string, environment: EnvironmentRow
): Promise<void> {
  // As it is stored now: the attempt has noted it since it was claimed.
  const operation = await operationById(trx, operationId)
  if (!operation || !changesEnvironment(operation) || !operation.input.closed) return
  await setCondition(trx, environment.id, {
    type: DRIFTED,
    status: true,
    reason: 'an operation that was broken off has stopped the queues taking jobs'
  })
}

/** What a drift check found holds only if nothing has changed the environment meanwhile. */
async function stillTrue (
  trx: Queryable,
  { kind, started_at: startedAt, created_at: createdAt }: OperationRow,
  { id }: EnvironmentRow
): Promise<boolean> {
  return isChanging(kind) || !(await changedSince(trx, id, startedAt ?? createdAt))
}

/** A database that did not answer one statement may not answer the next. */
const UNAVAILABLE_SECONDS = 2

const WHY_RELEASED = {
  stop: 'the service is stopping',
  'database-unavailable': 'the database did not answer'
} as const satisfies Partial<Record<AbortReason, string>>

/**
 * Hands the operation back to the queue: the next attempt carries on from the state.
 * @param engine whether the next attempt has to wait for the engine of this one
 */
export async function release (
  attempt: Attempt,
  engine: 'gone' | 'alive',
  why: keyof typeof WHY_RELEASED
): Promise<void> {
  const { context, operation, fence, log, flags } = attempt
  flags.released = true
  const written = await inTransaction(attempt, async (trx) => {
    if (!(await releaseOperation(trx, fence, engine))) return false
    await appendEvents(trx, fence, [
      { type: 'state', state: 'queued', attempt: fence.attempt, reason: WHY_RELEASED[why] }
    ])
    const afterSeconds = why === 'database-unavailable' ? UNAVAILABLE_SECONDS : 0
    await context.queue.enqueue(trx, operation.id, { afterSeconds })
    return true
  })
  if (written) log.info('operation handed back')
}

export interface Postponement {
  readonly error: OperationErrorData
  /** Seconds until the next try. */
  readonly seconds: number
  /** Which try that will be, counted from 1. */
  readonly try: number
  readonly limit: number
}

/** Hands the operation back to be tried again later; false when it was cancelled or taken over meanwhile. */
export async function postpone (
  attempt: Attempt,
  { error, seconds, try: number, limit }: Postponement
): Promise<boolean> {
  const { context, operation, fence, log } = attempt
  const reason = `${error.code}: tried again in ${Math.ceil(seconds)} s, retry ${number} of ${limit}`
  const written = await inTransaction(attempt, async (trx) => {
    if (!(await postponeOperation(trx, fence, { seconds, error }))) return false
    await appendEvents(trx, fence, [{ type: 'state', state: 'queued', attempt: fence.attempt, reason }])
    await context.queue.enqueue(trx, operation.id, { afterSeconds: seconds })
    return true
  })
  if (written) {
    log.warn({ code: error.code, detail: error.detail, seconds, retry: number }, 'operation is tried again later')
  }
  return written
}

/** The last event of an operation that was cancelled while it waited. */
export async function recordCancelled (trx: Queryable, { id, attempt }: OperationRow, reason: string): Promise<void> {
  await appendEvents(trx, { operationId: id, attempt }, [{ type: 'state', state: 'cancelled', attempt, reason }])
}
