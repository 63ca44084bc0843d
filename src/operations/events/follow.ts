import type { OperationEvent } from '../../schemas/event.ts'
import { pageOfEvents } from '../../store/queries/events.ts'
import type { Caller } from '../access/caller.ts'
import type { Context } from '../context.ts'
import { visibleOperation } from '../reads/queries.ts'
import { hasEnded } from '../attempt/phases.ts'

/**
 * The id after which a stream begins. One beyond the last event (of a client that knew a database since restored from a
 * backup) counts as the last: the stream goes on with what comes next. Undefined where the operation has ended and
 * nothing follows, now or ever.
 * @throws Refusal `not-found`
 */
export async function beginningOf (
  context: Pick<Context, 'database'>, caller: Caller, operationId: string, after: number
): Promise<number | undefined> {
  const operation = await visibleOperation(context, caller, operationId)
  const from = Math.min(after, operation.last_event)
  if (!hasEnded(operation.state)) return from
  const [following] = await pageOfEvents(context.database.db, operationId, { after: from, limit: 1 })
  return following && from
}

export interface Reader {
  readonly operationId: string
  /** Id of the last event it has. Events that were pruned meanwhile are passed over: their ids are the gap. */
  readonly after: number
  /** Looked at before anything is given away. */
  readonly isAllowed: () => Promise<boolean>
  /** Aborts when it has gone. */
  readonly signal: AbortSignal
}

/**
 * An operation's events as they come, in batches, an empty one when nothing came for a while, until the operation has
 * ended, the service stops, or the reader may not or does not want to read on. The next batch is read when one was taken.
 */
export async function * followEvents (
  { eventHub, stopping }: Pick<Context, 'eventHub' | 'stopping'>, { operationId, after, isAllowed, signal }: Reader
): AsyncGenerator<readonly OperationEvent[]> {
  const follower = eventHub.follow(operationId)
  let last = after
  try {
    while (!signal.aborted && !stopping.aborted) {
      const { events, more, ended, version } = await follower.read(last)
      if (!await isAllowed()) return
      if (events.length > 0) yield events
      last = events.at(-1)?.id ?? last
      if (more) continue
      if (ended && version === follower.version) return
      if (await follower.next(version, signal) === 'quiet') yield []
    }
  } finally {
    follower.close()
  }
}
