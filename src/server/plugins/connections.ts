import type { Socket } from 'node:net'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Closes every connection without a running handler: a request that never ends would delay the stop. */
    closeUnusedConnections (): void
  }
}

/** Tracks on which connections a handler runs. */
export const connections = fp(async (app) => {
  const open = new Set<Socket>()
  const answering = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => { open.delete(socket) })
  })
  app.addHook('preHandler', async ({ raw: { socket } }) => { answering.add(socket) })
  app.addHook('onResponse', async ({ raw: { socket } }) => { answering.delete(socket) })
  app.addHook('onRequestAbort', async ({ raw: { socket } }) => { answering.delete(socket) })
  app.decorate('closeUnusedConnections', () => {
    for (const socket of open) if (!answering.has(socket)) socket.destroy()
  })
}, { name: 'connections' })
