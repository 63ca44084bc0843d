import type { Logger } from 'pino'
import { RunFailure, type EngineProcess, type RunResult } from '../engine/types.ts'
import type { Outputs } from '../schemas/environment.ts'
import { environmentById } from '../store/environments.ts'
import { appendEvents } from '../store/events.ts'
import { renewLease, setEngine, type Ending } from '../store/operations.ts'
import type { Fence } from '../store/sql.ts'
import type { OperationRow } from '../store/tables.ts'
import type { Context } from './context.ts'
import { finish, release } from './endings.ts'
import { kindOf, operationError } from './present.ts'
import { createRecorder, type Recorder } from './recorder.ts'

/** How long a worker that says nothing keeps an operation; renewed three times in that time. */
export const LEASE_SECONDS = 30

/**
 * Why an attempt is broken off: the service stops (hand the operation back), it was cancelled, or another worker has it
 * (write nothing more).
 */
export type BreakOff = 'stop' | 'cancel' | 'lost'

/** One attempt of a claimed operation, from taking it up to its end. */
export interface Attempt {
  readonly context: Context
  readonly operation: OperationRow
  readonly fence: Fence
  readonly control: AbortController
  readonly log: Logger
}

/** Runs the operation and writes how it ended. Resolves also when it failed: the row says so. */
export async function runAttempt (attempt: Attempt): Promise<void> {
  const { context, operation, fence, control, log } = attempt
  const stopRenewing = keepLease(attempt)
  const recorder = createRecorder({ database: context.database, fence, log, onLost: () => { breakOff(control, 'lost') } })
  try {
    const outcome = await run(attempt, recorder)
    await recorder.close()
    const reason = control.signal.reason as BreakOff | undefined
    if (reason === 'lost') return
    if (reason === 'stop' && outcome.ending.state !== 'succeeded') {
      await release(attempt, 'gone')
      return
    }
    await finish(attempt, outcome.ending, outcome.outputs)
    const seconds = Math.max(0, Date.now() - (operation.started_at ?? operation.created_at).getTime()) / 1000
    context.metrics.operations.observe({ kind: operation.kind, outcome: outcome.ending.state }, seconds)
  } finally {
    stopRenewing()
    await recorder.close()
  }
}

/** Only the first reason counts. */
export function breakOff (control: AbortController, reason: BreakOff): void {
  if (!control.signal.aborted) control.abort(reason)
}

interface Outcome { readonly ending: Ending, readonly outputs?: Outputs }

async function run (attempt: Attempt, recorder: Recorder): Promise<Outcome> {
  const { operation, control, log } = attempt
  try {
    const result = await callEngine(attempt, recorder)
    return kindOf(operation) === 'create' ? { ending: { state: 'succeeded' }, outputs: outputsOf(result) } : { ending: { state: 'succeeded' } }
  } catch (error) {
    if (control.signal.reason === 'cancel') {
      return { ending: { state: 'cancelled', error: operationError('cancelled', 'it was asked to stop before it was done') } }
    }
    if (error instanceof RunFailure) return { ending: { state: 'failed', error: error.error } }
    if (control.signal.aborted) return { ending: { state: 'failed', error: operationError('cancelled', 'broken off') } }
    log.error({ err: error }, 'the run failed in a way nobody foresaw')
    return { ending: { state: 'failed', error: operationError('engine-failed', 'an unexpected failure; the log has it under this operation\'s id') } }
  }
}

async function callEngine (attempt: Attempt, recorder: Recorder): Promise<RunResult> {
  const { context, operation, fence, control } = attempt
  const { database, engine, program, deadlineSeconds } = context
  const environment = await environmentById(database.db, operation.environment_id)
  if (!environment) throw new Error(`the environment of operation ${operation.id} is gone`)
  // The engine of the attempt before was started detached: it may be alive and is never run beside.
  if (operation.engine) await waitForPredecessor(attempt, operation.engine)
  const { id, team, name, resolved: spec, placement } = environment
  return engine.run({
    kind: kindOf(operation) === 'delete' ? 'destroy' : 'up',
    stack: id,
    program: { module: program, input: { id, team, name, spec, placement } },
    deadlineSeconds
  }, {
    signal: control.signal,
    onEvent: event => { recorder.add(event) },
    onEngineStarted: async (process: EngineProcess) => {
      if (await setEngine(database.db, fence, process)) return
      breakOff(control, 'lost')
      throw new Error('another worker has taken the operation over')
    }
  })
}

/** An engine that has outlived its worker has as long as any run; then it is asked to stop, as a cancel does. */
async function waitForPredecessor ({ context, control, log }: Attempt, engine: EngineProcess): Promise<void> {
  log.info({ pid: engine.pid }, 'waiting for the engine of the attempt before')
  const overdue = AbortSignal.timeout(context.deadlineSeconds * 1000)
  await context.engine.waitForExit(engine, AbortSignal.any([control.signal, overdue]))
}

function outputsOf ({ outputs }: RunResult): Outputs {
  const { ecs_cluster_name: cluster, job_queue_name: queue, job_definition_arn: definition } = outputs
  if (typeof cluster !== 'string' || typeof queue !== 'string' || typeof definition !== 'string') {
    throw new RunFailure(operationError('program-failed', 'the program did not return the outputs of the contract'))
  }
  return { ...outputs, ecs_cluster_name: cluster, job_queue_name: queue, job_definition_arn: definition }
}

/** Renews the lease until told to stop; learns by it of a cancel whose notification was lost. */
function keepLease ({ context, fence, control, log }: Attempt): () => void {
  const renew = async (): Promise<void> => {
    const { held, cancelRequested } = await renewLease(context.database.db, fence, LEASE_SECONDS)
    if (!held) breakOff(control, 'lost')
    if (cancelRequested) breakOff(control, 'cancel')
  }
  const timer = setInterval(() => {
    renew().catch((error: unknown) => { log.warn({ err: error }, 'the lease could not be renewed') })
  }, LEASE_SECONDS * 1000 / 3)
  return () => { clearInterval(timer) }
}

/** The attempt's first event. */
export async function announce ({ context, operation, fence }: Attempt): Promise<boolean> {
  const reason = operation.attempt > 1 ? { reason: 'taken up again; it carries on from the state' } : {}
  return appendEvents(context.database.db, fence, [{ type: 'state', state: 'running', attempt: operation.attempt, ...reason }])
}
