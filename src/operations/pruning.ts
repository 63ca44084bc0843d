import { setTimeout as delay } from 'node:timers/promises'
import { pruneEnvironments, pruneEvents, pruneIdempotencyKeys } from '../store/retention.ts'
import type { Context } from './context.ts'

/** How long what is over can still be read. */
export interface Retention {
  readonly eventDays: number
  readonly deletedDays: number
}

const EVERY_MILLISECONDS = 3_600_000
/** Replicas that start together do not prune together. */
const FIRST_MILLISECONDS = 60_000

/** Deletes everything that is too old, batch by batch; answers how many rows of each kind it was asked to. */
export async function prune ({ db }: Context['database'], { eventDays, deletedDays }: Retention, signal?: AbortSignal): Promise<Record<string, number>> {
  const drain = async (batch: () => Promise<number>): Promise<number> => {
    let total = 0
    for (let count = -1; count !== 0 && !signal?.aborted; total += count) count = await batch()
    return total
  }
  return {
    environments: await drain(() => pruneEnvironments(db, deletedDays)),
    operations: await drain(() => pruneEvents(db, eventDays)),
    idempotencyKeys: await drain(() => pruneIdempotencyKeys(db))
  }
}

/** Prunes every hour until the service stops. */
export async function keepPruned ({ database, log, stopping }: Context, retention: Retention): Promise<void> {
  let pauseMs = FIRST_MILLISECONDS * (0.5 + Math.random())
  while (!stopping.aborted) {
    await delay(pauseMs, undefined, { signal: stopping, ref: false }).catch(() => undefined)
    if (stopping.aborted) return
    pauseMs = EVERY_MILLISECONDS
    try {
      const pruned = await prune(database, retention, stopping)
      if (Object.values(pruned).some(count => count > 0)) log.info({ pruned }, 'old rows deleted')
    } catch (error) {
      log.warn({ err: error }, 'old rows could not be deleted')
    }
  }
}
