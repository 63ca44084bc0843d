import type { Logger } from 'pino'
import type { Metrics } from '../../metrics.ts'
import type { Database } from '../../store/database/database.ts'
import { EVENTS_CHANNEL, pageOfEvents } from '../../store/queries/events.ts'
import { KEYS_CHANNEL } from '../../store/queries/keys.ts'
import { operationById } from '../../store/queries/operations.ts'
import { createFeed, type Batch, type EventFeed, type WakeReason } from './event-feed.ts'
import { presentEvent } from '../reads/present.ts'
import { hasEnded } from '../attempt/phases.ts'

/** The feeds of all operations that are followed in this process; one LISTEN serves them all. */
export interface EventHub {
  /** The caller closes the follower; the feed is dropped with its last one. */
  follow (operationId: string): Follower
  close (): Promise<void>
}

type Follower = Pick<EventFeed, 'read' | 'next' | 'version'> & { close (): void }

export interface EventHubOptions {
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'eventStreams' | 'eventReads'>
  /** Wakes every follower when it aborts. */
  readonly stopping: AbortSignal
  /** Default 15,000. */
  readonly idleMilliseconds?: number
}

/**
 * So often every follower reads again, in case a notification was lost, and a stream without events sends a comment:
 * proxies close streams that are idle for 30 s or more.
 */
const IDLE_MILLISECONDS = 15_000

/** Events in one read. What a slow reader has not taken yet stays in the database and not in memory. */
const BATCH = 100

export async function openEventHub (database: Database, options: EventHubOptions): Promise<EventHub> {
  const { metrics, stopping, idleMilliseconds = IDLE_MILLISECONDS } = options
  const feeds = new Map<string, { readonly feed: EventFeed, followers: number }>()
  const wakeAll = (reason: WakeReason): void => { for (const { feed } of feeds.values()) feed.wake(reason) }
  const onChange = (): void => { wakeAll('changed') }
  const listeners = [
    await database.listen(EVENTS_CHANNEL, (id) => { feeds.get(id)?.feed.wake('changed') }, onChange),
    // A follower checks its key whenever it is woken: a revoked key ends its stream.
    await database.listen(KEYS_CHANNEL, onChange)
  ]
  const timer = setInterval(() => { wakeAll('idle') }, idleMilliseconds).unref()
  stopping.addEventListener('abort', onChange, { once: true })

  function enter (operationId: string): { readonly feed: EventFeed, followers: number } {
    const entry = feeds.get(operationId) ?? {
      feed: createFeed(async (after, version) => load(database, operationId, { after, version, ...options })),
      followers: 0
    }
    entry.followers += 1
    feeds.set(operationId, entry)
    metrics.eventStreams.inc()
    return entry
  }

  return {
    follow (operationId) {
      const entry = enter(operationId)
      const { feed } = entry
      return {
        get version () { return feed.version },
        read: feed.read,
        next: feed.next,
        close () {
          metrics.eventStreams.dec()
          entry.followers -= 1
          if (entry.followers === 0) feeds.delete(operationId)
        }
      }
    },
    async close () {
      clearInterval(timer)
      stopping.removeEventListener('abort', onChange)
      for (const listener of listeners) await listener.close()
      onChange()
    }
  }
}

type Loading = Pick<Batch, 'version'> & Pick<EventHubOptions, 'log' | 'metrics'> & { readonly after: number }

/** Reads a batch. While the database does not answer the batch is empty: followers stay, and read again later. */
async function load ({ db }: Database, operationId: string, { after, version, log, metrics }: Loading): Promise<Batch> {
  metrics.eventReads.inc()
  try {
    // The state is read before the events: an operation seen ended has had its last event by then.
    const operation = await operationById(db, operationId)
    const rows = await pageOfEvents(db, operationId, { after, limit: BATCH })
    const more = rows.length === BATCH
    return { events: rows.map(presentEvent), more, ended: !more && (!operation || hasEnded(operation.state)), version }
  } catch (error) {
    log.warn({ err: error, operationId }, 'events could not be read')
    return { events: [], more: false, ended: false, version }
  }
}
