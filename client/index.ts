import { EventSourceParserStream } from 'eventsource-parser/stream'
import createClient, { type Client } from 'openapi-fetch'
import type { components, paths } from './schema.d.ts'

/** Media types of JSON answers. Of answers that can be a stream too it is the page. */
type Json = `application/${string}`
export type BatchyardClient = Client<paths, Json>
export type Environment = components['schemas']['Environment']
export type Operation = components['schemas']['Operation']
export type OperationEvent = components['schemas']['OperationEvent']
export type Problem = components['schemas']['Problem']

/** A client typed by the OpenAPI description. `key` is left out against an open sandbox. */
export function createBatchyardClient (baseUrl: string, key?: string): BatchyardClient {
  return createClient<paths, Json>({
    baseUrl,
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } })
  })
}

const ENDED = new Set(['succeeded', 'failed', 'cancelled'])
/** How often a stream is opened again, while a service restarts for instance. */
const RECONNECTS = 30
const RECONNECT_MILLISECONDS = 2_000

/**
 * The events of an operation as they come, until it has ended. A broken stream is resumed after the last event.
 * @throws Error when the service refuses, or does not come back within a minute
 */
export async function * followOperation (client: BatchyardClient, id: string): AsyncGenerator<OperationEvent> {
  let last = 0
  for (let broken = 0; broken < RECONNECTS; broken++) {
    try {
      const events = await openStream(client, id, last)
      // The operation has ended, and no event follows.
      if (!events) return
      for await (const event of events) {
        yield event
        last = event.id
        broken = 0
        if (event.event.type === 'state' && ENDED.has(event.event.state)) return
      }
    } catch (error) {
      if (error instanceof Refused) throw error
    }
    await new Promise((resolve) => { setTimeout(resolve, RECONNECT_MILLISECONDS) })
  }
  throw new Error(`the stream of ${id} broke and did not come back`)
}

class Refused extends Error {}

/** Undefined when no event follows. */
async function openStream (
  client: BatchyardClient,
  id: string,
  after: number
): Promise<AsyncIterable<OperationEvent> | undefined> {
  const { data, error, response } = await client.GET('/operations/{id}/events', {
    params: { path: { id } },
    headers: { accept: 'text/event-stream', 'last-event-id': String(after) },
    parseAs: 'stream'
  })
  if (response.status === 204) return undefined
  if (data) return eventsIn(data)
  const reason = error ? `${error.code}: ${error.detail}` : 'the stream did not open'
  // A 5xx comes from a service that stops, or from a proxy in front of it: try again.
  throw response.status >= 500 ? new Error(reason) : new Refused(reason)
}

async function * eventsIn (stream: ReadableStream<Uint8Array>): AsyncGenerator<OperationEvent> {
  for await (const { data } of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
    if (data !== '') yield JSON.parse(data) as OperationEvent
  }
}
