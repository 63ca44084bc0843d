import { setTimeout as delay } from 'node:timers/promises'
import { pruneHosts } from '../../store/queries/hosts.ts'
import { pruneEnvironments, pruneEvents, pruneIdempotencyKeys } from '../../store/queries/retention.ts'
import type { Context } from '../context.ts'

/** For how many days events and deleted environments are kept. */
export interface RetentionPolicy {
  readonly eventDays: number
  readonly deletedDays: number
}

const PAUSE_MILLISECONDS = 3_600_000
/** On average; spread at random, so that replicas that start together do not prune together. */
const FIRST_PAUSE_MILLISECONDS = 60_000

/**
 * Deletes everything that is too old, batch by batch, and resolves to how many rows of each kind. Rejects with the
 * first failure once each kind has been tried.
 */
async function prune (
  { db }: Context['database'],
  { eventDays, deletedDays }: RetentionPolicy,
  signal?: AbortSignal
): Promise<Record<string, number>> {
  const kinds = {
    environments: () => pruneEnvironments(db, deletedDays),
    operations: () => pruneEvents(db, eventDays),
    idempotencyKeys: () => pruneIdempotencyKeys(db),
    hosts: () => pruneHosts(db)
  }
  const pruned: Record<string, number> = {}
  const failures: unknown[] = []
  for (const [kind, batch] of Object.entries(kinds)) {
    pruned[kind] = await untilNone(batch, signal).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
  return pruned
}

/** Runs batches until one finds nothing, or the signal aborts; resolves to how many rows there were. */
async function untilNone (batch: () => Promise<number>, signal?: AbortSignal): Promise<number> {
  let total = 0
  for (let count = -1; count !== 0 && !signal?.aborted; total += Math.max(0, count)) count = await batch()
  return total
}

/** Prunes every hour until the service stops. */
export async function keepPruned ({ database, log, stopping }: Context, retention: RetentionPolicy): Promise<void> {
  let pauseMilliseconds = FIRST_PAUSE_MILLISECONDS * (0.5 + Math.random())
  while (!stopping.aborted) {
    await delay(pauseMilliseconds, undefined, { signal: stopping, ref: false }).catch(() => undefined)
    if (stopping.aborted) return
    pauseMilliseconds = PAUSE_MILLISECONDS
    try {
      const pruned = await prune(database, retention, stopping)
      if (Object.values(pruned).some((count) => count > 0)) log.info({ pruned }, 'old rows deleted')
    } catch (error) {
      log.warn({ err: error }, 'old rows could not be deleted')
    }
  }
}
