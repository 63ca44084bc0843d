import type { OperationEvent } from '../../schemas/event.ts'

/** What follows an id in the event log of an operation. */
export interface Batch {
  /** In order; empty while there are no new ones. */
  readonly events: readonly OperationEvent[]
  /** Whether there was more than fits into a batch. */
  readonly more: boolean
  /** Whether the operation had ended and these were its last events, as of `version`. */
  readonly ended: boolean
  /** The feed's version before the read; every later change increases it. */
  readonly version: number
}

/** Why a follower is woken: there may be new events, or there were none for a while. */
export type WakeReason = 'changed' | 'idle'

/** One operation's events for all its followers in this process; those at the same position share one read. */
export interface EventFeed {
  readonly version: number
  /** @param after id of the last event the follower has */
  read (after: number): Promise<Batch>
  /** Resolves at the next wake-up; at once where the feed's version is another, or the signal is aborted. */
  next (version: number, signal: AbortSignal): Promise<WakeReason>
  wake (reason: WakeReason): void
}

/** The newest batches are kept for followers that are a little behind; one that is further behind reads by itself. */
const KEPT_BATCHES = 4

/** @param load reads the store; must not reject */
export function createFeed (load: (after: number, version: number) => Promise<Batch>): EventFeed {
  const batches = new Map<number, Promise<Batch>>()
  const waiting = new Set<(reason: WakeReason) => void>()
  let version = 0

  async function read (after: number): Promise<Batch> {
    const batch = await load(after, version)
    // Events do not change, so a batch can be kept; that there are none yet may change.
    if (batch.events.length === 0) batches.delete(after)
    return batch
  }

  return {
    get version () { return version },
    async read (after) {
      const known = batches.get(after)
      if (known) return known
      const reading = read(after)
      batches.set(after, reading)
      const [oldest] = batches.keys()
      if (batches.size > KEPT_BATCHES && oldest !== undefined) batches.delete(oldest)
      return reading
    },
    async next (seen, signal) {
      if (seen !== version || signal.aborted) return 'changed'
      const { promise, resolve } = Promise.withResolvers<WakeReason>()
      const onAbort = (): void => { resolve('changed') }
      signal.addEventListener('abort', onAbort, { once: true })
      waiting.add(resolve)
      const reason = await promise
      waiting.delete(resolve)
      signal.removeEventListener('abort', onAbort)
      return reason
    },
    wake (reason) {
      version += 1
      for (const resume of waiting) resume(reason)
    }
  }
}
