import { noteInput } from '../../store/queries/attempts.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { abortAttempt, type Attempt } from '../attempt/attempt.ts'
import type { Recorder } from '../events/recorder.ts'

/** One attempt's piece of work. */
export interface WorkItem {
  readonly attempt: Attempt
  /** Absent of a preview of an environment that does not exist yet. */
  readonly environment: EnvironmentRow | undefined
  readonly recorder: Recorder
}

/**
 * Notes with the operation what no later attempt must take for undone.
 * @throws Error when the attempt is no longer ours: it is broken off
 */
export async function note (
  { context: { database }, fence, control }: Attempt,
  what: Parameters<typeof noteInput>[2]
): Promise<void> {
  if (await noteInput(database.db, fence, what)) return
  abortAttempt(control, 'lease-lost')
  throw new Error('another worker has taken the operation over')
}

/** Something failed before anything was touched; its cause says what. */
export class NothingChangedError extends Error {}

/** Does what comes before anything is touched. Rejects with NothingChangedError. */
export async function beforeChanges<T> (work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new NothingChangedError('nothing was touched', { cause: error })
  }
}
