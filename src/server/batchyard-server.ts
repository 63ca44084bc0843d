import { mkdir } from 'node:fs/promises'
import type { Logger } from 'pino'
import packageJson from '../../package.json' with { type: 'json' }
import type { Config } from '../config.ts'
import { createMetrics } from '../metrics.ts'
import type { Context, WorkContext } from '../operations/context.ts'
import { openEventHub } from '../operations/events/event-hub.ts'
import { openApiKeyStore } from '../operations/access/api-keys.ts'
import { keepPruned } from '../operations/queue/pruning.ts'
import { openQueue } from '../operations/queue/queue.ts'
import { startWorker } from '../operations/queue/worker.ts'
import { attachSandboxCloud, type SandboxCloud } from '../sandbox/aws/client.ts'
import { openDatabase } from '../store/database/open-database.ts'
import { createIds } from '../store/ids.ts'
import { migrate } from '../store/migrations.ts'
import { buildApp } from './app.ts'
import { closePort, openPort } from './http.ts'
import { observe } from './observe.ts'
import { readProgramVersion } from './program-version.ts'
import { sandboxControl } from './sandbox-control.ts'
import { createShutdown, type Shutdown } from './shutdown.ts'
import { allowsRequestsWithoutKey, refuseOtherCloud } from './start-checks.ts'
import { openWork } from './work.ts'

/** A running service. */
export interface BatchyardServer {
  readonly address: string
  readonly context: Context
  readonly sandbox: SandboxCloud | undefined
  /** Stops taking requests and operations, gives running operations back, ends our processes and ports. Idempotent. */
  stop (): Promise<void>
}

/** What every part of the start needs. */
interface StartOptions {
  readonly config: Config
  readonly log: Logger
  readonly shutdown: Shutdown
}

const QUEUE_STOP_MILLISECONDS = 1_000
/** How long the worker may take to give its operations back once its own time is over. */
const HAND_BACK_MILLISECONDS = 15_000

/**
 * Starts the service, part by part; if one fails to start, those before it are stopped.
 * @throws ConfigError when no key would be accepted, or the database belongs to the other cloud
 */
export async function startBatchyardServer (config: Config, log: Logger): Promise<BatchyardServer> {
  const shutdown = createShutdown(log)
  try {
    return await start({ config, log, shutdown })
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

async function start (options: StartOptions): Promise<BatchyardServer> {
  const { config, log, shutdown } = options
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const { sandbox, context: common } = await openContext(options)
  const work = config.role === 'api' ? undefined : await openWork(config, common, { shutdown, sandbox })
  const context = work ?? common
  observe(context, work?.engine)
  if (work) await takeOperations(work, options)
  const app = await buildApp({ context, version: packageJson.version, sandbox: sandbox && sandboxControl(sandbox) })
  shutdown.add('http', () => closePort(app))
  const address = await openPort(app, config)
  log.info({
    address,
    role: config.role,
    cloud: config.cloud,
    engine: context.engineInfo?.kind,
    engineVersion: context.engineInfo?.version,
    database: context.database.kind,
    open: await context.isOpen()
  }, 'listening')
  return { address, context, sandbox, stop: () => shutdown.run() }
}

/** Opens what every role uses: database, keys, queue, events and, in the sandbox, the simulated cloud. */
async function openContext (options: StartOptions): Promise<{ sandbox: SandboxCloud | undefined, context: Context }> {
  const { config, log, shutdown } = options
  const ids = createIds()
  const metrics = createMetrics()
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, log })
  shutdown.add('database', () => database.close())
  await migrate(database)
  const apiKeys = await openApiKeyStore(database, ids, config.adminKey)
  shutdown.add('apiKeys', () => apiKeys.close())
  const withoutKey = await allowsRequestsWithoutKey(config, apiKeys)
  await refuseOtherCloud(config, database)
  const sandbox = await attachSandbox(options)
  const queue = await openQueue(database, { log, deadlineSeconds: config.deadlineSeconds })
  shutdown.add('queue', () => queue.stop({ timeoutMilliseconds: QUEUE_STOP_MILLISECONDS }))
  const eventHub = await openEventHub(database, { log, metrics, stopping: shutdown.stopping })
  shutdown.add('event hub', () => eventHub.close())
  const context: Context = {
    role: config.role,
    database,
    queue,
    apiKeys,
    eventHub,
    ids,
    metrics,
    log,
    isOpen: async () => withoutKey && !await apiKeys.hasAdmin(),
    cloud: config.cloud,
    programVersion: await readProgramVersion(),
    stopping: shutdown.stopping,
    ...(sandbox && { sandboxCheck: async () => { await sandbox.control.stats() } })
  }
  return { sandbox, context }
}

async function attachSandbox ({ config, log, shutdown }: StartOptions): Promise<SandboxCloud | undefined> {
  if (config.cloud !== 'sandbox') return undefined
  const sandbox = await attachSandboxCloud({
    dataDir: config.dataDir,
    speed: config.sandboxSpeed,
    log: (message) => { log.info(message) }
  })
  shutdown.add('sandbox cloud', () => sandbox.release())
  return sandbox
}

async function takeOperations (work: WorkContext, { config, shutdown }: StartOptions): Promise<void> {
  const pruning = keepPruned(work, { eventDays: config.eventDays, deletedDays: config.deletedDays })
  shutdown.add('pruning', () => pruning)
  const worker = await startWorker(work)
  const stopMs = config.stopSeconds * 1000
  shutdown.add('worker', () => worker.stop(stopMs), stopMs + HAND_BACK_MILLISECONDS)
  // Before the port closes: while the last requests are answered no operation is started, and engines are interrupted.
  shutdown.stopping.addEventListener('abort', () => { worker.pause() }, { once: true })
}
