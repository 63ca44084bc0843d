import type { AddressInfo, Socket } from 'node:net'
import { pino } from 'pino'
import { createBatchyardClient, type BatchyardClient } from '../../../client/index.ts'
import { createMetrics } from '../../../src/metrics.ts'
import { openEventHub } from '../../../src/operations/events/event-hub.ts'
import { openApiKeyStore, type ApiKeyStore } from '../../../src/operations/access/api-keys.ts'
import { buildApp, type AppOptions } from '../../../src/server/app.ts'
import type { Database } from '../../../src/store/database/database.ts'
import { createIds } from '../../../src/store/ids.ts'

/** The service's HTTP part on a database, without a worker: what happens to operations is up to the test. */
export interface Replica {
  readonly base: string
  readonly client: BatchyardClient
  readonly apiKeys: ApiKeyStore
  /** The service's ends of all connections that were opened. */
  readonly sockets: readonly Socket[]
  /** A metric without labels, by its name without `batchyard_`. */
  metric (name: string): Promise<number>
  /** What SIGTERM does to requests and streams. Idempotent; the database stays open. */
  stop (): Promise<void>
}

export interface ReplicaOptions {
  readonly idleMilliseconds?: number
  readonly adminKey?: string
}

/** Starts the HTTP part on a free port; open to everybody as long as there is no admin key. */
export async function startReplica (
  database: Database,
  { idleMilliseconds, adminKey }: ReplicaOptions = {}
): Promise<Replica> {
  const log = pino({ level: 'silent' })
  const metrics = createMetrics()
  const stopping = new AbortController()
  const apiKeys = await openApiKeyStore(database, createIds(), adminKey)
  const eventHub = await openEventHub(database, {
    log,
    metrics,
    stopping: stopping.signal,
    ...(idleMilliseconds !== undefined && { idleMilliseconds })
  })
  const context = {
    database,
    apiKeys,
    eventHub,
    metrics,
    log,
    stopping: stopping.signal,
    cloud: 'sandbox',
    isOpen: async () => !(await apiKeys.hasAdmin())
  }
  const app = await buildApp({ context: context as unknown as AppOptions['context'], version: '0', sandbox: undefined })
  const sockets: Socket[] = []
  app.server.on('connection', (socket: Socket) => {
    sockets.push(socket)
  })
  await app.listen({ host: '127.0.0.1', port: 0, listenTextResolver: () => '' })
  const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  let stopped: Promise<void> | undefined
  return {
    base,
    client: createBatchyardClient(base, adminKey),
    apiKeys,
    sockets,
    async metric (name) {
      const values = await metrics.registry.getSingleMetric(`batchyard_${name}`)?.get()
      return values?.values[0]?.value ?? 0
    },
    stop: async () => (stopped ??= end())
  }

  async function end (): Promise<void> {
    stopping.abort()
    await app.close()
    await eventHub.close()
    await apiKeys.close()
  }
}
