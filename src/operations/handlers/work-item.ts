import { noteInput } from '../../store/queries/attempts.ts'
import type { ApplyInput, DeleteInput, EnvironmentRow, PreviewInput } from '../../store/tables.ts'
import { abortAttempt, type Attempt } from '../attempt/attempt.ts'
import type { Recorder } from '../events/recorder.ts'

/** What every handler works with. */
export interface Work {
  readonly attempt: Attempt
  readonly recorder: Recorder
}

/** The work of one attempt on an environment. */
export interface WorkItem<Input = unknown> extends Work {
  readonly environment: EnvironmentRow
  /** What the operation was asked with, and what earlier attempts have noted. */
  readonly input: Input
}

/** The work of one attempt that changes an environment. */
export type ChangeItem = WorkItem<ApplyInput | DeleteInput>

export interface PreviewItem extends Work {
  /** Absent where the preview is of an environment that does not exist yet. */
  readonly environment: EnvironmentRow | undefined
  readonly input: PreviewInput
}

/**
 * Notes with the operation what later attempts must know to be done.
 * @throws Error when the attempt has lost its lease: it is aborted
 */
export async function note (
  { context: { database }, fence, control }: Attempt,
  what: Parameters<typeof noteInput>[2]
): Promise<void> {
  if (await noteInput(database.db, fence, what)) return
  abortAttempt(control, 'lease-lost')
  throw new Error('another worker has taken the operation over')
}

/** Something failed before anything was changed; its cause says what. */
export class NothingChangedError extends Error {}

/** Awaits what comes before anything is changed. Rejects with NothingChangedError. */
export async function beforeChanges<T> (work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new NothingChangedError('nothing was changed', { cause: error })
  }
}
