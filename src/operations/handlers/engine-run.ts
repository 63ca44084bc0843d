import { once } from 'node:events'
import pTimeout from 'p-timeout'
import type { AwsTarget } from '../../cloud/types.ts'
import { RunFailure, type RunKind, type RunResults, type RunTask } from '../../engine/types.ts'
import { operationError } from '../../errors.ts'
import type { EngineEvent } from '../../schemas/event.ts'
import { setEngine } from '../../store/queries/attempts.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { abortAttempt, type Attempt } from '../attempt/attempt.ts'
import type { Work } from './work-item.ts'

/** What a run is about: an environment's row, or what a preview would make of it. */
export type Subject = Pick<EnvironmentRow, 'id' | 'team' | 'name' | 'resolved' | 'placement'>

/** Where calls to AWS for an environment go. */
export function awsTargetOf ({ resolved, placement }: Pick<Subject, 'resolved' | 'placement'>): AwsTarget {
  return { region: resolved.region, placement }
}

/** Runs the engine for the attempt. */
export async function runEngine<K extends RunKind> (
  { attempt, recorder }: Work,
  subject: Subject,
  task: RunTask<K>
): Promise<RunResults[K]> {
  const { context, fence, control, flags } = attempt
  const { id, team, name, resolved: spec, placement } = subject
  return context.engine.run(
    {
      ...task,
      stack: id,
      program: { module: context.program, input: { id, team, name, spec, placement } },
      deadlineSeconds: context.deadlineSeconds
    },
    {
      signal: control.signal,
      onEvent: (event) => {
        if (isRecorded(task.kind, event)) recorder.add(event)
      },
      onEngineStarted: async (process) => {
        if (await setEngine(context.database.db, fence, process)) {
          flags.engineRecorded = true
          return
        }
        abortAttempt(control, 'lease-lost')
        throw new Error('another worker has taken the operation over')
      },
      locate: (pending) =>
        withDeadline(attempt, 'looking up what was being made', (signal) =>
          // The look-up takes no signal: it is left to itself when the signal aborts.
          pTimeout(context.awsCalls.locate(awsTargetOf(subject), id, pending), { milliseconds: Infinity, signal })
        )
    }
  )
}

/** Steps of a run that only reads are not recorded: they name resources that nobody creates. */
function isRecorded (kind: RunKind, { type }: EngineEvent): boolean {
  return kind === 'up' || kind === 'destroy' || type === 'diagnostic'
}

/**
 * Waits for the engine of the attempt before, which is detached and may be alive: two engines never work on one stack
 * at a time. It was asked to stop, or stops by itself since its runner is gone. A second signal would make it drop what
 * it has in flight, so it is sent only for a cancel, or once that engine has had as long as any run. When this service
 * stops, the engine is left to the next worker.
 */
export async function waitForPredecessor (
  { context, control, flags, log, operation: { engine } }: Attempt
): Promise<void> {
  if (!engine) return
  log.info({ pid: engine.pid }, 'waiting for the engine of the attempt before')
  const end = new AbortController()
  const over = new AbortController()
  const overdue = setTimeout(() => { end.abort() }, context.deadlineSeconds * 1000)
  const left = once(control.signal, 'abort', { signal: over.signal }).then(
    async () => {
      if (control.signal.reason !== 'cancel') return
      end.abort()
      await once(over.signal, 'abort')
    },
    () => undefined
  )
  const gone = context.engine.waitForExit(engine, end.signal).then(() => true)
  try {
    if (control.signal.reason === 'cancel') end.abort()
    flags.predecessorLeft = (await Promise.race([gone, left])) !== true
    if (flags.predecessorLeft) throw new Error('the engine of the attempt before is left to end by itself')
  } finally {
    clearTimeout(overdue)
    over.abort()
    gone.catch(() => undefined)
  }
}

/**
 * Does calls to AWS, which together have as long as any run.
 * @param what begins the error's sentence
 * @throws RunFailure `deadline-exceeded`
 */
export async function withDeadline<T> (
  { context, control }: Attempt,
  what: string,
  work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  const overdue = AbortSignal.timeout(context.deadlineSeconds * 1000)
  try {
    return await work(AbortSignal.any([control.signal, overdue]))
  } catch (error) {
    if (!overdue.aborted || control.signal.aborted) throw error
    const detail = `${what} did not end within ${context.deadlineSeconds} seconds`
    throw new RunFailure(operationError('deadline-exceeded', detail))
  }
}
