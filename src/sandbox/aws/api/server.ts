import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { matchFaults, applyFaults } from '../faults.ts'
import { readText, serveHttp, type HttpServer } from '../http.ts'
import { ApiError, AwsProviderError } from '../model/errors.ts'
import type { AwsCaller } from '../model/types.ts'
import { callIn } from '../provider/call.ts'
import type { Props } from '../values.ts'
import { apiOf } from '../services/index.ts'
import type { World } from '../world/world.ts'
import { callerOf, signedFor } from './caller.ts'
import type { AwsApi, ApiOperation } from './operation.ts'
import { protocols, type Answer, type Asked } from './protocols.ts'

interface ApiOptions { world: World, ending: AbortSignal, calls: Map<string, number> }
interface Task extends ApiOptions { api: AwsApi, caller: AwsCaller, gone: AbortSignal }

/** Serves the AWS HTTP APIs on one loopback port. The service that a request is signed for says which one answers. */
export async function serveApi (options: ApiOptions): Promise<HttpServer> {
  return serveHttp(async (request, response) => handle(request, response, options))
}

async function handle (request: IncomingMessage, response: ServerResponse, options: ApiOptions): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { status, headers, body } = await answerTo(request, {
    ...options,
    gone: AbortSignal.any([gone.signal, options.ending])
  })
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answerTo (request: IncomingMessage, options: ApiOptions & { gone: AbortSignal }): Promise<Answer> {
  const requestId = randomUUID()
  let protocol = protocols.json
  try {
    const body = await readText(request)
    const signed = signedFor(request.headers)
    const api = apiOf(signed.service)
    if (!api) throw notSimulated(`the service ${signed.service}`)
    protocol = protocols[api.protocol]
    const caller = callerOf(signed, request.headers)
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const asked = protocol.read({
      method: request.method ?? 'GET',
      url,
      target: String(request.headers['x-amz-target'] ?? ''),
      body
    })
    const { name, output } = await perform(asked, { ...options, api, caller })
    return protocol.write(name, output, requestId)
  } catch (error) {
    return protocol.refuse(asApiError(error), requestId)
  }
}

async function perform ({ operation: named, input }: Asked, task: Task): Promise<{ name: string, output: Props }> {
  const { world, api, caller, gone, calls } = task
  const [name, operation] = operationOf(api, named)
  const label = `${api.id}:${name}`
  calls.set(label, (calls.get(label) ?? 0) + 1)
  const unknown = Object.keys(input).find((key) => !operation.takes.includes(key))
  if (unknown !== undefined) throw notSimulated(`the parameter ${unknown} of ${label}`)
  const faults = matchFaults(world, {
    on: operation.on,
    type: operation.type,
    account: caller.account,
    name: operation.name?.(input) ?? '',
    signal: gone
  })
  await applyFaults(faults, 'request', task)
  const output = operation.run(input, callIn(caller.region, caller, world))
  await world.settled()
  await applyFaults(faults, 'response', task)
  return { name, output }
}

/** Batch's paths have lost the capitals of their operations' names. */
function operationOf (api: AwsApi, named: string): [string, ApiOperation] {
  const found = Object.entries(api.operations).find(([name]) => name === named || name.toLowerCase() === named)
  if (!found) throw notSimulated(`${api.id}:${named}`)
  return found
}

const notSimulated = (what: string): ApiError =>
  new ApiError('UnsupportedOperation', `the sandbox does not simulate ${what}`)

/** An error as AWS would answer it: what is not simulated is refused, anything else is an internal failure. */
function asApiError (error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof AwsProviderError) return new ApiError('UnsupportedOperation', error.message)
  return new ApiError('InternalFailure', error instanceof Error ? error.message : String(error), 500)
}
