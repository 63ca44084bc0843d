import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import packageJson from '../../package.json' with { type: 'json' }
import { ConfigError, type Config } from '../config.ts'
import { createMetrics } from '../metrics.ts'
import type { Context, WorkContext } from '../operations/context.ts'
import { openEventHub } from '../operations/events/event-hub.ts'
import { openKeyring, type Keyring } from '../operations/access/api-keys.ts'
import { keepPruned } from '../operations/queue/pruning.ts'
import { openQueue } from '../operations/queue/queue.ts'
import { startWorker } from '../operations/queue/worker.ts'
import { attachSandboxCloud, type SandboxCloud } from '../sandbox/aws/client.ts'
import { openDatabase, type Database } from '../store/database/database.ts'
import { createIds } from '../store/ids.ts'
import { claimInstallation } from '../store/queries/installation.ts'
import { migrate } from '../store/migrations.ts'
import { buildApp } from './app.ts'
import { observe } from './observe.ts'
import { readProgramVersion } from './program-version.ts'
import { sandboxControl } from './sandbox-control.ts'
import { createShutdown, type Shutdown } from './shutdown.ts'
import { openWork } from './work.ts'

/** A running service. */
export interface Service {
  readonly address: string
  readonly context: Context
  readonly sandbox: SandboxCloud | undefined
  /** Stops taking requests and operations, hands back what runs, ends every process and port of ours. Idempotent. */
  stop (): Promise<void>
}

/** Who has not sent the whole request by then is cut off. */
const UPLOAD_PATIENCE_MILLISECONDS = 3_000
/** Longer than a database that hangs keeps a request waiting. */
const ANSWER_PATIENCE_MILLISECONDS = 13_000
const HAND_BACK_MILLISECONDS = 15_000

/**
 * Starts the service, part by part; a part that fails to start ends those before it.
 * @throws ConfigError when nobody could be told from anybody: no admin key, and not the sandbox on a loopback address
 */
export async function startService (config: Config, log: Logger): Promise<Service> {
  const shutdown = createShutdown(log)
  try {
    return await start(config, log, shutdown)
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

async function start (config: Config, log: Logger, shutdown: Shutdown): Promise<Service> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const ids = createIds()
  const metrics = createMetrics()
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, log })
  shutdown.add('database', () => database.close())
  await migrate(database)
  const keyring = await openKeyring(database, ids, config.adminKey)
  shutdown.add('keyring', () => keyring.close())
  const openable = await decideAccess(config, keyring)
  await refuseOtherCloud(config, database)
  const isOpen = async (): Promise<boolean> => openable && !await keyring.hasAdmin()

  const sandbox = config.cloud === 'sandbox'
    ? await attachSandboxCloud({
      dataDir: config.dataDir, speed: config.sandboxSpeed, log: (message) => { log.info(message) }
    })
    : undefined
  if (sandbox) shutdown.add('sandbox cloud', () => sandbox.release())
  const queue = await openQueue(database, { log, deadlineSeconds: config.deadlineSeconds })
  shutdown.add('queue', () => queue.stop({ timeoutMs: 1_000 }))
  const eventHub = await openEventHub(database, { log, metrics, stopping: shutdown.stopping })
  shutdown.add('event hub', () => eventHub.close())
  const common: Context = {
    role: config.role,
    database,
    queue,
    keyring,
    eventHub,
    ids,
    metrics,
    log,
    isOpen,
    cloud: config.cloud,
    programVersion: await readProgramVersion(),
    stopping: shutdown.stopping,
    ...(sandbox && { sandboxCheck: async () => { await sandbox.control.stats() } })
  }
  const work = config.role === 'api' ? undefined : await openWork(config, common, { shutdown, sandbox })
  const context = work ?? common
  observe(context, work?.engine)
  if (work) await takeOperations(work, config, shutdown)
  const address = await serve(config, context, shutdown, sandbox)
  const { engineInfo: engine } = context
  log.info({ address, role: config.role, cloud: config.cloud, engine: engine?.kind, engineVersion: engine?.version, database: database.kind, open: await isOpen() }, 'listening')
  return { address, context, sandbox, stop: () => shutdown.run() }
}

async function takeOperations (work: WorkContext, config: Config, shutdown: Shutdown): Promise<void> {
  const pruning = keepPruned(work, { eventDays: config.eventDays, deletedDays: config.deletedDays })
  shutdown.add('pruning', () => pruning)
  const worker = await startWorker(work)
  const stopMs = config.stopSeconds * 1000
  shutdown.add('worker', () => worker.stop(stopMs), stopMs + HAND_BACK_MILLISECONDS)
  // Before the port closes: while requests are still answered no operation is taken up, and engines are asked to stop already.
  shutdown.stopping.addEventListener('abort', () => { worker.pause() }, { once: true })
}

/** Takes requests. */
async function serve (config: Config, context: Context, shutdown: Shutdown, sandbox: SandboxCloud | undefined): Promise<string> {
  const app = await buildApp({ context, version: packageJson.version, sandbox: sandbox && sandboxControl(sandbox) })
  shutdown.add('http', () => closePort(app))
  return listen(app, config)
}

/** Answers what is under way, and cuts the connections of those who do not finish their requests. */
async function closePort (app: FastifyInstance): Promise<void> {
  const timers = [
    setTimeout(() => { app.cutUnanswerable() }, UPLOAD_PATIENCE_MILLISECONDS),
    setTimeout(() => { app.server.closeAllConnections() }, ANSWER_PATIENCE_MILLISECONDS)
  ]
  try {
    await app.close()
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

/** Environments of the sandbox must never be run on AWS, nor the other way round: a delete would orphan what is real. */
async function refuseOtherCloud ({ cloud }: Config, { db }: Database): Promise<void> {
  const owner = await claimInstallation(db, cloud)
  if (owner !== cloud) {
    throw new ConfigError([`BATCHYARD_CLOUD: is ${cloud}, but this database holds environments of ${owner}; name another BATCHYARD_DATA or DATABASE_URL for ${cloud}`])
  }
}

/** Whether callers without a key may be let in, as long as there is no admin key. */
async function decideAccess (config: Config, keyring: Keyring): Promise<boolean> {
  // It has nothing to let anybody into.
  if (config.role === 'worker') return false
  if (config.cloud === 'sandbox' && config.loopback) return true
  if (await keyring.hasAdmin()) return false
  throw new ConfigError(['BATCHYARD_ADMIN_KEY: must be set; without any admin key the service starts only in the sandbox on a loopback address'])
}

async function listen (app: FastifyInstance, { host, port }: Config): Promise<string> {
  await app.listen({ host, port, listenTextResolver: () => 'port open' })
  const { address, family, port: bound } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`
}
