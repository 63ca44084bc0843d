import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readText, serveHttp, type HttpServer } from '../http.ts'
import { ApiError } from '../model/errors.ts'
import { isProps, parseJson, type Props } from '../values.ts'
import type { World } from '../world/world.ts'
import { routes, type Host } from './routes.ts'

/** Serves the control API on a loopback port to whoever holds the token. Answers only what is durable. */
export async function serveControl (options: { world: World, host: Host, token: string }): Promise<HttpServer> {
  return serveHttp(async (request, response) => handle(request, response, options))
}

async function handle (
  request: IncomingMessage,
  response: ServerResponse,
  options: { world: World, host: Host, token: string }
): Promise<void> {
  try {
    if (!isAllowed(request.headers.authorization, options.token)) {
      throw new ApiError('Unauthorized', 'the token is wrong', 401)
    }
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const route = routes[`${request.method ?? 'GET'} ${url.pathname}`]
    if (!route) throw new ApiError('NotFound', `there is no ${request.method} ${url.pathname}`, 404)
    const body = await readBody(request)
    const result = await route({ world: options.world, host: options.host, query: url.searchParams, body })
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
