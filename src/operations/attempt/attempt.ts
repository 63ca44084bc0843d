import type { Logger } from 'pino'
import type { OperationErrorData } from '../../errors.ts'
import type { Outputs } from '../../schemas/environment.ts'
import type { DeleteResult, DriftResult, PreviewResult } from '../../schemas/operation.ts'
import type { Fence } from '../../store/sql.ts'
import type { OperationRow } from '../../store/tables.ts'
import type { WorkContext } from '../context.ts'

/**
 * Why an attempt is aborted. `stop`: the service stops; `database-unavailable`: for too long; in both cases the
 * operation is handed back. `cancel`: a caller asked for it. `lease-lost`: another worker has the operation, or may
 * have it, so nothing more is written.
 */
export type AbortReason = 'stop' | 'database-unavailable' | 'cancel' | 'lease-lost'

/** What has happened in an attempt, for those who must know it. */
interface AttemptFlags {
  /** An engine is in the operation's row: only this host may take the operation over. */
  engineRecorded: boolean
  /** The engine of the attempt before was left to end by itself. */
  predecessorLeft: boolean
  /** The operation was handed back: its lease is no longer ours to renew. */
  released: boolean
}

/** One attempt of a claimed operation, from the claim to its end. */
export interface Attempt {
  readonly context: WorkContext
  readonly operation: OperationRow
  readonly fence: Fence
  readonly control: AbortController
  readonly flags: AttemptFlags
  /** When the operation was first started, on the clock of `performance.now()`. */
  readonly startedAt: number
  readonly log: Logger
}

/** The first reason stays. */
export function abortAttempt (control: AbortController, reason: AbortReason): void {
  if (!control.signal.aborted) control.abort(reason)
}

/** What the condition `Drifted` of the environment is to be. */
export interface Drifted { readonly status: boolean, readonly reason: string }

/** What a handler did. `drifted`: the environment's condition is left as it is where there is none. */
export type WorkResult =
  | { readonly work: 'apply', readonly outputs: Outputs, readonly drifted?: Drifted }
  | { readonly work: 'delete', readonly result: DeleteResult }
  | { readonly work: 'preview', readonly result: PreviewResult }
  | { readonly work: 'drift-check', readonly result: DriftResult, readonly drifted: Drifted }

/** How an attempt ended. `nothingChanged`: it failed before anything was changed, so the environment is what it was. */
export type Outcome =
  | { readonly state: 'succeeded', readonly done: WorkResult }
  | { readonly state: 'failed' | 'cancelled', readonly error: OperationErrorData, readonly nothingChanged: boolean }
