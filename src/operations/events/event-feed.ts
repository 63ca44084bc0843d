import type { OperationEvent } from '../../schemas/event.ts'

/** What follows an id in the event log of an operation. */
export interface Batch {
  /** In order; none while nothing has come. */
  readonly events: readonly OperationEvent[]
  /** Whether there was more than fits into a batch. */
  readonly more: boolean
  /** Whether the operation had ended and these were its last events, as of `version`. */
  readonly ended: boolean
  /** The feed's version before the read: whatever came later has moved it on. */
  readonly version: number
}

/** Why a follower is woken: something may have come, or nothing has for a while. */
export type Wake = 'news' | 'quiet'

/** One operation's events for all who follow it in this process: those at the same position share one read of the store. */
export interface EventFeed {
  readonly version: number
  /** @param after id of the last event the follower has */
  read (after: number): Promise<Batch>
  /** Resolves at the next wake-up, at once where the feed has moved on from `version` or the signal is aborted. */
  next (version: number, signal: AbortSignal): Promise<Wake>
  wake (reason: Wake): void
}

/** Read for those who come a little later, the newest: a reader further behind reads for itself, and slows nobody. */
const KEPT_BATCHES = 4

/** @param load reads the store; must not reject */
export function createFeed (load: (after: number, version: number) => Promise<Batch>): EventFeed {
  const batches = new Map<number, Promise<Batch>>()
  const waiting = new Set<(reason: Wake) => void>()
  let version = 0

  async function read (after: number): Promise<Batch> {
    const batch = await load(after, version)
    // Events do not change, so they are good for whoever comes later; that there are none yet is not.
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
      if (seen !== version || signal.aborted) return 'news'
      const { promise, resolve } = Promise.withResolvers<Wake>()
      const onAbort = (): void => { resolve('news') }
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
