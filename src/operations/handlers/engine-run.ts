import { once } from 'node:events'
import { RunFailure, type RunKind, type RunResults, type RunTask } from '../../engine/types.ts'
import type { EngineEvent } from '../../schemas/event.ts'
import { setEngine } from '../../store/queries/attempts.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { abortAttempt, type Attempt } from '../attempt/attempt.ts'
import { operationError } from '../../errors.ts'
import type { WorkItem } from './work-item.ts'

/** What a run is about: an environment's row, or what a preview would make of it. */
export type Subject = Pick<EnvironmentRow, 'id' | 'team' | 'name' | 'resolved' | 'placement'>

/** Where the cloud's own calls for an environment go. */
export const awsTargetOf = ({ resolved: { region }, placement }: Pick<Subject, 'resolved' | 'placement'>) => ({
  region,
  placement
})

export function required (environment: EnvironmentRow | undefined): EnvironmentRow {
  if (!environment) throw new Error('an operation of this kind has an environment')
  return environment
}

/** Runs the engine for the attempt. */
export async function runEngine<K extends RunKind> (
  { attempt, recorder }: WorkItem,
  subject: Subject,
  task: RunTask<K>
): Promise<RunResults[K]> {
  const { context, fence, control } = attempt
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
          attempt.flags.engineRecorded = true
          return
        }
        abortAttempt(control, 'lease-lost')
        throw new Error('another worker has taken the operation over')
      },
      locate: (pending) =>
        withDeadline(attempt, 'looking up what was being made', (signal) =>
          abortable(signal, context.aws.locate(awsTargetOf(subject), id, pending))
        )
    }
  )
}

/** Steps of a run that only reads are not recorded: they name resources that nobody creates. */
function isRecorded (kind: RunKind, { type }: EngineEvent): boolean {
  return kind === 'up' || kind === 'destroy' || type === 'diagnostic'
}

/**
 * The engine of the attempt before was started detached: it may be alive and is never run beside. It was asked to stop, or
 * stops by itself since its runner is gone, and a second signal would make it drop what it has in flight: only a cancel, or
 * its having had as long as any run, sends one. A stop of this service leaves it to whoever comes next.
 */
export async function waitForPredecessor ({
  context,
  control,
  flags,
  log,
  operation: { engine }
}: Attempt): Promise<void> {
  if (!engine) return
  log.info({ pid: engine.pid }, 'waiting for the engine of the attempt before')
  const end = new AbortController()
  const over = new AbortController()
  const overdue = setTimeout(() => {
    end.abort()
  }, context.deadlineSeconds * 1000)
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
 * Calls of our own to the cloud, which have as long as any run.
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
    throw new RunFailure(
      operationError('deadline-exceeded', `${what} did not end within ${context.deadlineSeconds} seconds`)
    )
  }
}

/** Leaves a call that takes no signal to itself when the signal aborts. */
async function abortable<T> (signal: AbortSignal, work: Promise<T>): Promise<T> {
  const over = new AbortController()
  const aborted = once(signal, 'abort', { signal: over.signal }).then(() => signal.throwIfAborted())
  try {
    return await Promise.race([work, aborted as Promise<never>])
  } finally {
    over.abort()
    aborted.catch(() => undefined)
    work.catch(() => undefined)
  }
}

export function contractFailure (detail: string): RunFailure {
  return new RunFailure(operationError('program-failed', detail))
}
