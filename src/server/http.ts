import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'

/** A client that has not sent its whole request by then is disconnected. */
const UPLOAD_MILLISECONDS = 3_000
/** Longer than a request waits for a database that does not answer. */
const ANSWER_MILLISECONDS = 13_000

/** Opens the port; answers the service's address. */
export async function openPort (app: FastifyInstance, { host, port }: Config): Promise<string> {
  await app.listen({ host, port, listenTextResolver: () => 'port open' })
  const { address, family, port: bound } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`
}

/** Answers the requests in flight, and disconnects clients that do not finish theirs. */
export async function closePort (app: FastifyInstance): Promise<void> {
  const timers = [
    setTimeout(() => { app.closeUnusedConnections() }, UPLOAD_MILLISECONDS),
    setTimeout(() => { app.server.closeAllConnections() }, ANSWER_MILLISECONDS)
  ]
  try {
    await app.close()
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}
