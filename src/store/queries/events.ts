import { sql } from 'kysely'
import type { EventBody } from '../../schemas/event.ts'
import type { Step } from '../../schemas/operation.ts'
import { isAttempt, json, type Fence, type Queryable } from '../sql.ts'
import type { EventRow } from '../tables.ts'

/** Notified with an operation's id when events were added to it, once they can be read. */
export const EVENTS_CHANNEL = 'operation_events'

/**
 * Adds events to an operation, in order, with consecutive ids without a gap, also when others append at the same time:
 * they are counted under the operation's row lock. False, and nothing added, when the operation has another attempt (0
 * before the first).
 */
export async function appendEvents (db: Queryable, fence: Fence, bodies: readonly EventBody[]): Promise<boolean> {
  if (bodies.length === 0) return true
  const { rows } = await sql`
    with counted as (
      update operations set last_event = last_event + ${bodies.length}
      where ${isAttempt(fence)}
      returning id, last_event - ${bodies.length} as before
    ), added as (
      insert into events (operation_id, id, at, body)
      select counted.id, counted.before + entry.position, clock_timestamp(), entry.body
      from counted, jsonb_array_elements(${json(bodies)}) with ordinality as entry (body, position)
    )
    select pg_notify(${EVENTS_CHANNEL}, id) from counted`.execute(db)
  return rows.length > 0
}

/** The operation's events after the id `after` (0: from the first), in order. */
export async function pageOfEvents (
  db: Queryable, operationId: string, { after, limit }: { readonly after: number, readonly limit: number }
): Promise<EventRow[]> {
  return db.selectFrom('events').selectAll()
    .where('operation_id', '=', operationId).where('id', '>', after).orderBy('id').limit(limit).execute()
}

/** The state of each cloud resource by its newest event, in the order in which the resources were started. */
export async function stepsOf (db: Queryable, operationId: string): Promise<Step[]> {
  const { rows } = await sql<{ body: EventBody, started: Date | null, finished: Date | null }>`
    select (array_agg(body order by id desc))[1] as body,
      max(at) filter (where body->>'status' = 'started') as started,
      max(at) filter (where body->>'status' <> 'started') as finished
    from events
    where operation_id = ${operationId} and body->>'type' = 'resource'
    group by body->>'urn'
    order by min(id)`.execute(db)
  return rows.flatMap(({ body, started, finished }) =>
    body.type === 'resource' ? [toStep(body, started, finished)] : []
  )
}

function toStep (body: Extract<EventBody, { type: 'resource' }>, started: Date | null, finished: Date | null): Step {
  const { type: _type, ...step } = body
  return {
    ...step,
    ...(started && { startedAt: started.toISOString() }),
    // A resource that is worked on again, by a later attempt or a replacement, is not finished.
    ...(finished && body.status !== 'started' && { finishedAt: finished.toISOString() })
  }
}
