import { EventSourceParserStream } from 'eventsource-parser/stream'
import createClient, { type Client } from 'openapi-fetch'
import type { components, paths } from './schema.d.ts'

export type BatchyardClient = Client<paths>
export type Environment = components['schemas']['Environment']
export type Operation = components['schemas']['Operation']
export type OperationEvent = components['schemas']['OperationEvent']
export type Problem = components['schemas']['Problem']

/** A client typed by the OpenAPI description. `key` is left out against an open sandbox. */
export function createBatchyardClient (baseUrl: string, key?: string): BatchyardClient {
  return createClient<paths>({ baseUrl, ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }) })
}

const ENDED = new Set(['succeeded', 'failed', 'cancelled'])
/** A service that stops tells its streams to come back; so long it may take to start again. */
const RECONNECTS = 30
const RECONNECT_MILLISECONDS = 2_000

/**
 * The events of an operation as they come, until it has ended: a stream that breaks is taken up where it broke.
 * @throws Error when the service refuses, or does not come back within a minute
 */
export async function * followOperation (client: BatchyardClient, id: string): AsyncGenerator<OperationEvent> {
  let last = 0
  for (let broken = 0; broken < RECONNECTS; broken++) {
    try {
      for await (const event of stream(client, id, last)) {
        yield event
        last = event.id
        broken = 0
        if (event.event.type === 'state' && ENDED.has(event.event.state)) return
      }
    } catch (error) {
      if (error instanceof Refused) throw error
    }
    await new Promise(resolve => { setTimeout(resolve, RECONNECT_MILLISECONDS) })
  }
  throw new Error(`the stream of ${id} broke and did not come back`)
}

class Refused extends Error {}

async function * stream (client: BatchyardClient, id: string, after: number): AsyncGenerator<OperationEvent> {
  const { data, error } = await client.GET('/operations/{id}/events', {
    params: { path: { id } }, headers: { accept: 'text/event-stream', 'last-event-id': String(after) }, parseAs: 'stream'
  })
  if (!data) throw new Refused(error ? `${error.code}: ${error.detail}` : 'the stream did not open')
  for await (const { data: json } of data.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
    if (json !== '') yield JSON.parse(json) as OperationEvent
  }
}
