import type { Logger } from 'pino'
import type { EngineEvent, EventBody } from '../../schemas/event.ts'
import type { Database } from '../../store/database/database.ts'
import { appendEvents } from '../../store/queries/events.ts'
import { lockRecorded, setProgress } from '../../store/queries/attempts.ts'
import type { Fence } from '../../store/sql.ts'

/** Short enough for a live view, long enough that events of many resources are stored by one statement. */
const FLUSH_MILLISECONDS = 100

/** The newest events are kept while the database does not answer; a run of 20 resources has about 50. */
const KEPT_EVENTS = 2_000

/** Stores an attempt's events in order, in batches, and its progress with them. */
export interface Recorder {
  add (event: EngineEvent): void
  /** Stores what is left; later events are dropped. Rejects when it cannot be stored now, and may be called again. */
  close (): Promise<void>
}

export interface RecorderOptions {
  readonly database: Database
  readonly fence: Fence
  readonly log: Logger
  /** Called when another attempt has the operation: nothing more is written. */
  readonly onLeaseLost: () => void
}

export function createRecorder ({ database, fence, log, onLeaseLost }: RecorderOptions): Recorder {
  const progress = createProgress(log)
  let waiting: EventBody[] = []
  /** Events of this attempt that came before those that wait. */
  let before = 0
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()
  let closed = false
  let failure: unknown

  const drop = (count: number): void => {
    waiting = waiting.slice(count)
    before += count
  }

  async function write (): Promise<void> {
    const events = waiting
    if (events.length === 0) return
    try {
      const held = await store(database, fence, { events, before, ...progress.now() })
      drop(events.length)
      if (!held) onLeaseLost()
    } catch (error) {
      failure = error
      // The events are kept and stored with the next batch: that they cannot be stored now fails no operation.
      drop(Math.max(0, waiting.length - KEPT_EVENTS))
      log.warn({ err: error }, 'events could not be stored')
    }
  }

  function flush (): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }

  return {
    add (event) {
      if (closed) return
      progress.count(event)
      // A copy, not a push: a batch that is being written must not grow.
      waiting = [...waiting, event]
      timer ??= setTimeout(() => {
        flush().catch((error: unknown) => {
          log.error({ err: error }, 'storing events failed')
        })
      }, FLUSH_MILLISECONDS)
    },
    async close () {
      closed = true
      await flush()
      if (waiting.length > 0) throw failure
    }
  }
}

/** Counts what an engine has finished of what it plans, and logs its steps. */
function createProgress (log: Logger) {
  const finished = new Set<string>()
  let total: number | null = null
  return {
    count (event: EngineEvent): void {
      if (event.type === 'plan') total = event.total
      if (event.type !== 'resource' || event.status === 'started') return
      // A resource that a refresh has read is not finished by that.
      if (event.status === 'succeeded' && event.action !== 'read') finished.add(event.urn)
      if (event.action !== 'same') {
        log.info({ resource: event.name, type: event.resourceType, action: event.action, status: event.status }, 'step')
      }
    },
    now: () => ({ done: finished.size, total })
  }
}

interface Batch {
  readonly events: readonly EventBody[]
  /** Events of this attempt that came before these. */
  readonly before: number
  readonly done: number
  readonly total: number | null
}

/** False when another attempt has the operation. */
async function store (database: Database, fence: Fence, { events, before, ...progress }: Batch): Promise<boolean> {
  return database.db.transaction().execute(async (trx) => {
    const recorded = await lockRecorded(trx, fence)
    if (recorded === undefined) return false
    // A commit whose answer was lost may have happened: what it stored is not stored again.
    await appendEvents(trx, fence, events.slice(Math.max(0, recorded - before)))
    return setProgress(trx, fence, { ...progress, recorded: before + events.length })
  })
}
