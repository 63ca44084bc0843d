import type { OperationEvent } from '../../schemas/event.ts'
import { pageOfEvents } from '../../store/queries/events.ts'
import type { Caller } from '../access/caller.ts'
import type { Context } from '../context.ts'
import { visibleOperation } from '../reads/queries.ts'
import { hasEnded } from '../attempt/phases.ts'

/**
 * The event id after which a stream begins. An id beyond the last event counts as the last: the client has it from
 * before the database was restored from a backup. Undefined where the operation has ended and no event follows, now or
 * later.
 * @throws Refusal `not-found`
 */
export async function streamStart (
  context: Pick<Context, 'database'>,
  caller: Caller,
  { operationId, after }: { readonly operationId: string, readonly after: number }
): Promise<number | undefined> {
  const operation = await visibleOperation(context, caller, operationId)
  const from = Math.min(after, operation.last_event)
  if (!hasEnded(operation.state)) return from
  const [following] = await pageOfEvents(context.database.db, operationId, { after: from, limit: 1 })
  return following && from
}

/** Who follows an operation, and from where on. */
export interface Reader {
  readonly operationId: string
  /** Id of the last event it has. Events that were pruned since are left out, so their ids are missing. */
  readonly after: number
  /** Asked before any event is sent. */
  readonly isAllowed: () => Promise<boolean>
  /** Aborts when the reader has disconnected. */
  readonly signal: AbortSignal
}

/**
 * An operation's events as they are stored, in batches, with an empty batch when there was none for a while. It ends
 * with the operation, when the service stops, when the reader has disconnected, or when it may not read any more. The
 * next batch is read once the one before was taken.
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
      if (await follower.next(version, signal) === 'idle') yield []
    }
  } finally {
    follower.close()
  }
}
