import type { Idempotency } from '../preconditions/idempotency-key.ts'
import type { Caller } from './caller.ts'

/** Who makes a request, and what it says beside its body. */
export interface Requester {
  readonly caller: Caller
  readonly requestId: string
  /** The preview that the write must carry out: its operation's id (`If-Preview`). */
  readonly ifPreview?: string | undefined
  readonly idempotency?: Idempotency | undefined
}
