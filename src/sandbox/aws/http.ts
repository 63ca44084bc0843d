import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApiError } from './model/errors.ts'

const MAX_BODY = 8 * 1024 * 1024

export interface HttpServer { url: string, close: () => Promise<void> }

/** Serves HTTP on a free loopback port. */
export async function serveHttp (
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
): Promise<HttpServer> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => response.destroy(error))
  })
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

/** The whole body as text; '' when there is none. */
export async function readText (request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MAX_BODY) throw new ApiError('TooLarge', `a request has at most ${MAX_BODY} bytes`, 413)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
