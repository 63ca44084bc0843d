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

/** The events of an operation as they come, until it has ended. */
export async function * followOperation (client: BatchyardClient, id: string): AsyncGenerator<OperationEvent> {
  const { data, error } = await client.GET('/operations/{id}/events', {
    params: { path: { id } }, headers: { accept: 'text/event-stream' }, parseAs: 'stream'
  })
  if (!data) throw new Error(error ? `${error.code}: ${error.detail}` : 'the stream did not open')
  for await (const { data: json } of data.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
    if (json !== '') yield JSON.parse(json) as OperationEvent
  }
}
