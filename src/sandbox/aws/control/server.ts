import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { ApiError } from '../model/errors.ts'
import { isProps, parseJson, type Props } from '../values.ts'
import type { World } from '../world/world.ts'
import { routes, type Host } from './routes.ts'

const MAX_BODY = 8 * 1024 * 1024

export interface ControlServer { url: string, close: () => Promise<void> }

/** Serves the control API on a loopback port to whoever holds the token. Answers only what is durable. */
export async function serveControl (options: { world: World, host: Host, token: string }): Promise<ControlServer> {
  const server = createServer((request, response) => { handle(request, response, options).catch((error: Error) => response.destroy(error)) })
  server.keepAliveTimeout = 2_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      // Whoever still waits for an answer gets a moment for it.
      const forced = setTimeout(() => server.closeAllConnections(), 500)
      await closed
      clearTimeout(forced)
    }
  }
}

async function handle (request: IncomingMessage, response: ServerResponse, options: { world: World, host: Host, token: string }): Promise<void> {
  try {
    if (!isAllowed(request.headers.authorization, options.token)) throw new ApiError('Unauthorized', 'the token is wrong', 401)
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const route = routes[`${request.method ?? 'GET'} ${url.pathname}`]
    if (!route) throw new ApiError('NotFound', `there is no ${request.method} ${url.pathname}`, 404)
    const body = await readBody(request)
    const result = await route({ world: options.world, host: options.host, query: url.searchParams, body })
    await options.world.settled()
    reply(response, 200, result ?? {})
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 500
    reply(response, status, { code: error instanceof ApiError ? error.code : 'InternalError', message: (error as Error).message })
  }
}

function isAllowed (header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function readBody (request: IncomingMessage): Promise<Props> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MAX_BODY) throw new ApiError('TooLarge', `a request has at most ${MAX_BODY} bytes`, 413)
    parts.push(part)
  }
  if (size === 0) return {}
  const parsed = parseJson(Buffer.concat(parts).toString('utf8'))
  if (!isProps(parsed)) throw new ApiError('InvalidRequest', 'the body is not a JSON object', 400)
  return parsed
}

function reply (response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
