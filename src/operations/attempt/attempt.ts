import type { Logger } from 'pino'
import type { Outputs } from '../../schemas/environment.ts'
import type { OperationResult } from '../../schemas/operation.ts'
import type { Ending } from '../../store/queries/attempts.ts'
import type { Fence } from '../../store/sql.ts'
import type { OperationRow } from '../../store/tables.ts'
import type { WorkContext } from '../context.ts'

/**
 * Why an attempt is broken off: the service stops or the database is away (hand the operation back), it was cancelled, or
 * another worker has it or may have it (write nothing more).
 */
export type AbortReason = 'stop' | 'database-unavailable' | 'cancel' | 'lease-lost'

/** How far an attempt has come, for who looks after it. */
interface AttemptFlags {
  /** An engine is in the operation's row: only this host may take the operation over. */
  engineRecorded: boolean
  /** The engine of the attempt before was left to end by itself. */
  predecessorLeft: boolean
  /** The operation was given back: its lease is no longer ours to renew. */
  released: boolean
}

/** One attempt of a claimed operation, from taking it up to its end. */
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

/** Only the first reason counts. */
export function abortAttempt (control: AbortController, reason: AbortReason): void {
  if (!control.signal.aborted) control.abort(reason)
}

/** What is to be written when an operation has ended. */
export interface WorkResult {
  readonly outputs?: Outputs
  readonly result?: OperationResult
  /** Whether the environment is as its spec says now, or what a drift check found; left as it is when undefined. */
  readonly drifted?: { readonly status: boolean, readonly reason: string }
  /** It failed before anything was touched: the environment is what it was. */
  readonly nothingChanged?: boolean
}

/** How an attempt ended, and what is to be written of it. */
export type Outcome = WorkResult & { readonly ending: Ending }
