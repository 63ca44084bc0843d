import type { OperationEvent } from '../schemas/event.ts'
import { pageOfEvents } from '../store/events.ts'
import { operationById } from '../store/operations.ts'
import type { Context } from './context.ts'
import { presentEvent } from './present.ts'
import { hasEnded } from './transitions.ts'

/** Read at once: what a slow reader has not taken stays in the store, not in memory. */
const BATCH = 100

/** An operation's events after the id `after` as they come, until the operation has ended or the signal aborts. */
export async function * followEvents (
  { database, eventHub }: Context, operationId: string, after: number, signal: AbortSignal
): AsyncGenerator<OperationEvent> {
  const follower = eventHub.follow(operationId)
  let last = after
  try {
    while (!signal.aborted) {
      // The state is read before the events: an operation seen ended has had its last event by then.
      const operation = await operationById(database.db, operationId)
      const events = await pageOfEvents(database.db, operationId, { after: last, limit: BATCH })
      for (const event of events) {
        yield presentEvent(event)
        last = event.id
      }
      if (events.length === BATCH) continue
      if (!operation || hasEnded(operation.state)) return
      await follower.next(signal)
    }
  } finally {
    follower.close()
  }
}
