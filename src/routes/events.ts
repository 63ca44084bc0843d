import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../errors.ts'
import type { Context } from '../operations/context.ts'
import { followEvents } from '../operations/follow.ts'
import { getOperation, listEvents } from '../operations/queries.ts'
import { OperationId, refTo } from '../schemas/names.ts'
import { EventPage, EventQuery } from '../schemas/page.ts'
import { problemsFor, typed } from './scope.ts'

const ById = Type.Object({ id: OperationId }, { additionalProperties: false })

/** The story of an operation, as a page or as a stream. */
export const eventRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).get('/operations/:id/events', {
    config: { operation: 'operations.events' },
    sse: 'dual',
    schema: {
      operationId: 'listEvents',
      tags: ['operations'],
      summary: 'The story of an operation: a page, or with `Accept: text/event-stream` a stream that ends with the operation and resumes by Last-Event-ID',
      params: ById,
      querystring: EventQuery,
      response: { 200: refTo(EventPage), ...problemsFor(400, 401, 404, 503) }
    }
  }, async (request, reply) => {
    const { id } = request.params
    const after = request.query.after ?? 0
    if (!wantsStream(reply)) return listEvents(context, request.caller, id, { after, limit: request.query.limit ?? 50 })
    await getOperation(context, request.caller, id)
    await stream(context, reply, id, resumeAt(reply.sse.lastEventId) ?? after)
    return undefined
  })
}

/** `reply.sse` is there only where the client asked for an event stream. */
function wantsStream (reply: FastifyReply): boolean {
  return 'sse' in reply && Boolean(reply.sse)
}

function resumeAt (lastEventId: string | null): number | undefined {
  if (lastEventId === null || lastEventId === '') return undefined
  if (!/^[0-9]{1,9}$/.test(lastEventId)) throw new Refusal('malformed-request', 'Last-Event-ID must be the id of an event of this stream')
  return Number(lastEventId)
}

/** Sends events as they come; a slow reader slows only its own reading of the store. */
async function stream (context: Context, reply: FastifyReply, operationId: string, after: number): Promise<void> {
  const gone = new AbortController()
  reply.sse.onClose(() => { gone.abort() })
  const signal = AbortSignal.any([gone.signal, context.stopping])
  reply.sse.sendHeaders()
  for await (const event of followEvents(context, operationId, after, signal)) {
    if (!reply.sse.isConnected) return
    await reply.sse.send({ id: String(event.id), event: event.event.type, data: event })
  }
  // A client that still listens when the service stops is told when to come back; else the operation has ended.
  if (reply.sse.isConnected && context.stopping.aborted) await reply.sse.send({ data: undefined, retry: 2000 })
}
