import { Value } from 'typebox/value'
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SANDBOX_CALLS, type SandboxCall } from '../../../schemas/sandbox-control.ts'
import { readText, serveHttp, type HttpServer } from '../http.ts'
import { ApiError } from '../model/errors.ts'
import { isProps, parseJson, type Props } from '../values.ts'
import { handlers, type Served } from './handlers.ts'

/** Serves the control API on a loopback port to whoever holds the token. Answers only what is durable. */
export async function serveControl (options: Served & { token: string }): Promise<HttpServer> {
  return serveHttp(async (request, response) => handle(request, response, options))
}

async function handle (
  request: IncomingMessage,
  response: ServerResponse,
  options: Served & { token: string }
): Promise<void> {
  try {
    if (!isAllowed(request.headers.authorization, options.token)) {
      throw new ApiError('Unauthorized', 'the token is wrong', 401)
    }
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const name = NAMES.get(`${request.method ?? 'GET'} ${url.pathname}`)
    if (!name) throw new ApiError('NotFound', `there is no ${request.method} ${url.pathname}`, 404)
    const given = request.method === 'GET' ? Object.fromEntries(url.searchParams) : await readBody(request)
    const result = await perform(name, given, options)
    await options.world.settled()
    reply(response, 200, result ?? {})
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 500
    reply(response, status, {
      code: error instanceof ApiError ? error.code : 'InternalError',
      message: (error as Error).message
    })
  }
}

/** Names of the calls by method and path. */
const NAMES: ReadonlyMap<string, SandboxCall> = new Map(
  Object.entries(SANDBOX_CALLS).map(([name, { method, path }]) => [`${method} ${path}`, name as SandboxCall])
)

/** Runs a call with an input that its schema accepts; the texts of a query become what the schema says. */
async function perform (name: SandboxCall, given: Props, served: Served): Promise<unknown> {
  const { input: schema } = SANDBOX_CALLS[name]
  const input = Value.Convert(schema, given)
  if (!Value.Check(schema, input)) {
    const wrong = Value.Errors(schema, input)
      .map(({ instancePath, message }) => `${instancePath.slice(1) || 'the input'} ${message}`)
    throw new ApiError('InvalidRequest', wrong.join('; '), 400)
  }
  return handlers[name](input as never, served)
}

function isAllowed (header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function readBody (request: IncomingMessage): Promise<Props> {
  const source = await readText(request)
  if (source === '') return {}
  const parsed = parseJson(source)
  if (!isProps(parsed)) throw new ApiError('InvalidRequest', 'the body is not a JSON object', 400)
  return parsed
}

function reply (response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
