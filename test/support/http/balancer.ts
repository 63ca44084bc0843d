import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

export interface Balancer {
  readonly base: string
  /** Where requests go, in turn; may be changed at any time. */
  readonly backends: string[]
  /** The statuses answered so far, and how often. */
  readonly statuses: Map<number, number>
  close (): Promise<void>
}

/** A load balancer as simple as they come: in turn, and on to the next one where nobody listens. */
export async function startBalancer (): Promise<Balancer> {
  const backends: string[] = []
  const statuses = new Map<number, number>()
  let turn = 0

  function forward (incoming: IncomingMessage, outgoing: ServerResponse, tries: number): void {
    const backend = backends[turn++ % backends.length]
    const { method, url, headers } = incoming
    const onward = request(`${backend}${url}`, { method, headers, agent: false }, (answer) => {
      const status = answer.statusCode ?? 0
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      outgoing.writeHead(status, answer.headers)
      pipeline(answer, outgoing, () => {})
    })
    onward.on('error', (error: NodeJS.ErrnoException) => {
      // Nothing was sent: another one may have it. Else only the caller can know whether to send it again.
      if (error.code === 'ECONNREFUSED' && tries > 1) forward(incoming, outgoing, tries - 1)
      else outgoing.destroy()
    })
    outgoing.on('close', () => { onward.destroy() })
    onward.once('socket', (socket) => { socket.once('connect', () => { incoming.pipe(onward) }) })
  }

  const server = createServer((incoming, outgoing) => { forward(incoming, outgoing, 10) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    backends,
    statuses,
    async close () {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
