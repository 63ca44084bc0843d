import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../errors.ts'
import type { Context } from '../operations/context.ts'
import { followEvents, streamStart } from '../operations/events/follow.ts'
import { listEvents } from '../operations/reads/queries.ts'
import { OperationId, refTo } from '../schemas/names.ts'
import { EventPage, EventQuery } from '../schemas/page.ts'
import { RETRY, STREAM_HEADERS, toFrames } from './http/event-stream.ts'
import { problemsFor, typed } from './http/scope.ts'

const ById = Type.Object({ id: OperationId }, { additionalProperties: false })

const Resuming = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({ description: 'Of a stream: only events with a greater id; whatever broke off is taken up with it' })
  )
})

const DESCRIPTION =
  'With `Accept: text/event-stream` the answer is a stream of Server-Sent Events: ' +
  'each has the event\'s id, its type and the same JSON as in a page.\n' +
  'It ends with the operation, or when the key is revoked, and resumes after `Last-Event-ID` (before `after`) on any ' +
  'replica. Events that were pruned are passed over,\n' +
  'which the ids show; an id beyond the last event counts as the last. ' +
  'Comments are signs of life; `retry` says when to come back after a break.'

/** The event log of an operation, as a page or as a stream. */
export const eventRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).get(
    '/operations/:id/events',
    {
      config: { operation: 'operations.events' },
      schema: {
        operationId: 'listEvents',
        tags: ['operations'],
        summary:
          'The events of an operation: a page, or with `Accept: text/event-stream` ' +
          'a stream that ends with the operation and resumes by Last-Event-ID',
        description: DESCRIPTION,
        params: ById,
        querystring: EventQuery,
        headers: Resuming,
        response: {
          200: {
            description: 'A page, or a stream',
            content: {
              'application/json': { schema: refTo(EventPage) },
              'text/event-stream': { schema: Type.String() }
            }
          },
          204: Type.Null({
            description: 'Only to a stream: the operation has ended and nothing follows, so do not come back'
          }),
          ...problemsFor(400, 401, 404, 503)
        }
      }
    },
    async (request, reply) => {
      const { id } = request.params
      const { after = 0, limit = 50 } = request.query
      if (!wantsStream(request)) return listEvents(context, request.caller, { operationId: id, after, limit })
      const asked = { operationId: id, after: lastEventId(request) ?? after }
      const from = await streamStart(context, request.caller, asked)
      if (from === undefined) return reply.code(204).send(null)
      return send(reply, stream(context, reply, { operationId: id, after: from }))
    }
  )
}

/**
 * Only a request that names the media type gets a stream: browsers and curl accept any, and expect an answer that ends.
 */
function wantsStream ({ headers }: FastifyRequest): boolean {
  return /(^|,)\s*text\/event-stream\s*(,|;|$)/i.test(headers.accept ?? '')
}

function lastEventId ({ headers }: FastifyRequest): number | undefined {
  const given = headers['last-event-id']
  if (given === undefined || given === '') return undefined
  if (typeof given !== 'string' || !/^[0-9]{1,15}$/.test(given)) {
    throw new Refusal('malformed-request', 'Last-Event-ID must be the id of an event of this stream')
  }
  return Number(given)
}

function send (reply: FastifyReply, frames: AsyncGenerator<Buffer>): FastifyReply {
  return reply.headers(STREAM_HEADERS).send(Readable.from(frames))
}

/** What is written to a reader. The next piece is produced when the reader has taken the one before. */
async function * stream (
  context: Context,
  reply: FastifyReply,
  from: { operationId: string, after: number }
): AsyncGenerator<Buffer> {
  const disconnected = new AbortController()
  reply.raw.once('close', () => { disconnected.abort() })
  yield RETRY
  for await (const events of followEvents(context, {
    ...from,
    isAllowed: async () => reply.request.isStillAllowed(),
    signal: disconnected.signal
  })) {
    yield toFrames(events)
  }
  if (context.stopping.aborted) yield RETRY
}
