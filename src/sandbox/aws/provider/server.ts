import { createRequire } from 'node:module'
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net'
import { once } from 'node:events'
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedServiceImplementation
} from '@grpc/grpc-js'
import type * as services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import { resourceTypes } from '../services/index.ts'
import { Empty } from '../wire.ts'
import type { World } from '../world/world.ts'
import { failureOf } from './failures.ts'
import * as handlers from './handlers.ts'
import { Sessions } from './sessions.ts'

const { ResourceProviderService } = createRequire(import.meta.url)(
  '@pulumi/pulumi/proto/provider_grpc_pb.js'
) as typeof services

type Handler = (request: never, context: handlers.ProviderContext) => unknown
type WithUrn = { getUrn?: () => string }

/** What the provider answers; every other method of the protocol is UNIMPLEMENTED, as gRPC has it for absent ones. */
const methods: Record<string, Handler> = {
  handshake: handlers.handshake,
  attach: () => new Empty(),
  getPluginInfo: handlers.pluginInfo,
  checkConfig: handlers.checkConfig,
  diffConfig: handlers.diffConfig,
  configure: handlers.configureProvider,
  check: handlers.check,
  diff: handlers.diff,
  create: handlers.create,
  read: handlers.read,
  update: handlers.update,
  delete: handlers.remove,
  invoke: handlers.invoke,
  cancel: handlers.cancel
}

const VERBS: Readonly<Record<string, string>> = {
  create: 'creating',
  update: 'updating',
  delete: 'deleting',
  read: 'reading'
}

export interface ProviderServer {
  port: number
  /** Engines connected at this moment. */
  connections: () => number
  /** Calls so far, by method. */
  calls: Map<string, number>
  close: () => Promise<void>
}

/**
 * Serves the provider on a loopback port. The TCP server is ours, and its connections are handed to gRPC: so we know
 * when an engine has gone, which gRPC does not tell.
 */
export async function serveProvider (options: {
  world: World
  ending: AbortSignal
  onIdle: () => void
  host?: string
}): Promise<ProviderServer> {
  const { world, ending, onIdle } = options
  const sessions = new Sessions()
  const calls = new Map<string, number>()
  const grpc = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 })
  grpc.addService(ResourceProviderService, implementation({ world, sessions, ending, calls }))
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  const sockets = new Set<Socket>()
  const listener = createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.once('close', () => {
      sockets.delete(socket)
      sessions.forget(peer)
      if (sockets.size === 0) onIdle()
    })
    injector.injectConnection(socket)
  })
  listener.listen(0, options.host ?? '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    connections: () => sockets.size,
    calls,
    close: async () => close(listener, grpc, sockets)
  }
}

async function close (listener: NetServer, grpc: Server, sockets: Set<Socket>): Promise<void> {
  const closed = once(listener, 'close')
  listener.close()
  grpc.forceShutdown()
  for (const socket of sockets) socket.destroy()
  await closed
}

function implementation (shared: {
  world: World
  sessions: Sessions
  ending: AbortSignal
  calls: Map<string, number>
}): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(methods).map(([method, handler]) => [
      method,
      (call: ServerUnaryCall<WithUrn, unknown>, reply: sendUnaryData<unknown>) => {
        shared.calls.set(method, (shared.calls.get(method) ?? 0) + 1)
        answer({ ...shared, method, handler }, call, reply).catch((error: Error) => {
          process.stderr.write(`${error.stack ?? error.message}\n`)
        })
      }
    ])
  )
}

async function answer (
  task: { world: World, sessions: Sessions, ending: AbortSignal, method: string, handler: Handler },
  call: ServerUnaryCall<WithUrn, unknown>, reply: sendUnaryData<unknown>
): Promise<void> {
  const gone = new AbortController()
  call.once('cancelled', () => gone.abort())
  const { world, sessions, ending } = task
  const context = { world, sessions, ending, peer: call.getPeer(), gone: AbortSignal.any([gone.signal, ending]) }
  try {
    reply(null, await task.handler(call.request as never, context))
  } catch (error) {
    const urn = call.request.getUrn?.() ?? ''
    const verb = VERBS[task.method]
    const framework = resourceTypes.get(urn.split('::')[2]?.split('$').at(-1) ?? '')?.framework === true
    reply(failureOf(error, { urn, framework, ...(verb !== undefined && { verb }) }))
  }
}
