import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import packageJson from '../../package.json' with { type: 'json' }
import { createCloud } from '../cloud/index.ts'
import { ConfigError, type Config } from '../config.ts'
import { createEngine, findEngine } from '../engine/index.ts'
import type { Engine } from '../engine/types.ts'
import { createMetrics } from '../metrics.ts'
import type { Context } from '../operations/context.ts'
import { openEventHub } from '../operations/event-hub.ts'
import { openKeyring, type Keyring } from '../operations/keyring.ts'
import { openQueue } from '../operations/queue.ts'
import { startWorker } from '../operations/worker.ts'
import { SANDBOX_CREDENTIALS, attachSandboxCloud, type SandboxCloud } from '../sandbox/aws/client.ts'
import { openDatabase, type Database } from '../store/database.ts'
import { createIds } from '../store/ids.ts'
import { claimInstallation } from '../store/installation.ts'
import { migrate } from '../store/migrations.ts'
import { buildApp } from './app.ts'
import { observe } from './observe.ts'
import { readProgramVersion } from './program-version.ts'
import { sandboxControl } from './sandbox-control.ts'
import { createShutdown, type Shutdown } from './shutdown.ts'

/** A running service. */
export interface Service {
  readonly address: string
  readonly context: Context
  readonly sandbox: SandboxCloud | undefined
  /** Stops taking requests and operations, hands back what runs, ends every process and port of ours. Idempotent. */
  stop (): Promise<void>
}

/** From being told to terminate to being killed: enough to let go, too short to begin anything. */
const TERMINATE_SECONDS = 20

const ENGINE_STOP_MILLISECONDS = 1_000
const REQUEST_PATIENCE_MILLISECONDS = 3_000
const HAND_BACK_MILLISECONDS = 15_000

const PROGRAM = new URL('../stacks/batch-environment.ts', import.meta.url).href

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
      dataDir: config.dataDir, speed: config.sandboxSpeed, log: message => { log.info(message) }
    })
    : undefined
  if (sandbox) shutdown.add('sandbox cloud', () => sandbox.release())
  const { engine, engineInfo } = await startEngine(config, { log, sandbox, onStart: command => { metrics.engineStarts.inc({ command }) } })
  // The worker has waited for the engines by then.
  shutdown.add('engine', () => engine.stop(ENGINE_STOP_MILLISECONDS))

  const aws = createCloud(sandbox && { endpoint: async () => (await sandbox.ensure()).apiUrl, credentials: SANDBOX_CREDENTIALS })
  shutdown.add('cloud', () => aws.close())
  const queue = await openQueue(database, { log, deadlineSeconds: config.deadlineSeconds })
  shutdown.add('queue', () => queue.stop({ timeoutMs: 1_000 }))
  const eventHub = await openEventHub(database, { log, metrics, stopping: shutdown.stopping })
  shutdown.add('event hub', () => eventHub.close())
  const context: Context = {
    database,
    queue,
    keyring,
    eventHub,
    engine,
    engineInfo,
    ids,
    metrics,
    log,
    isOpen,
    cloud: config.cloud,
    aws,
    program: PROGRAM,
    programVersion: await readProgramVersion(),
    deadlineSeconds: config.deadlineSeconds,
    retries: { limit: config.retryLimit, baseSeconds: config.retrySeconds },
    stopping: shutdown.stopping,
    ...(sandbox && { sandboxCheck: async () => { await sandbox.control.stats() } })
  }
  observe(context)
  const address = await serve(config, context, shutdown, sandbox)
  log.info({ address, cloud: config.cloud, engine: engineInfo.kind, engineVersion: engineInfo.version, database: database.kind, open: await isOpen() }, 'listening')
  return { address, context, sandbox, stop: () => shutdown.run() }
}

/** Takes operations and requests. */
async function serve (config: Config, context: Context, shutdown: Shutdown, sandbox: SandboxCloud | undefined): Promise<string> {
  const worker = await startWorker(context, config.concurrency)
  const stopMs = config.stopSeconds * 1000
  shutdown.add('worker', () => worker.stop(stopMs), stopMs + HAND_BACK_MILLISECONDS)
  const app = await buildApp({ context, version: packageJson.version, sandbox: sandbox && sandboxControl(sandbox) })
  shutdown.add('http', () => closePort(app))
  // First of all: while requests are still answered no operation is taken up, and engines are asked to stop already.
  shutdown.add('taking operations', async () => { worker.pause() })
  return listen(app, config)
}

/** Answers what is under way, then cuts the connections of those who do not finish their requests. */
async function closePort (app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => { app.server.closeAllConnections() }, REQUEST_PATIENCE_MILLISECONDS)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
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
  if (config.cloud === 'sandbox' && config.loopback) return true
  if (await keyring.hasAdmin()) return false
  throw new ConfigError(['BATCHYARD_ADMIN_KEY: must be set; without any admin key the service starts only in the sandbox on a loopback address'])
}

interface EngineParts { readonly log: Logger, readonly sandbox: SandboxCloud | undefined, readonly onStart: (command: string) => void }

async function startEngine (config: Config, { log, sandbox, onStart }: EngineParts): Promise<{ engine: Engine, engineInfo: Context['engineInfo'] }> {
  const found = await findEngine({
    engine: config.engine, cloud: config.cloud, path: config.path, pulumiRoot: config.pulumiRoot, stateUrl: config.stateUrl, log
  })
  const engine = await createEngine({
    engine: found,
    dataDir: config.dataDir,
    stateUrl: config.stateUrl,
    passphraseFile: config.passphraseFile,
    cloudEnv: async (): Promise<Record<string, string>> => sandbox ? { PULUMI_DEBUG_PROVIDERS: `aws:${(await sandbox.ensure()).grpcPort}` } : {},
    concurrency: config.concurrency,
    recycleAfter: config.runnerRuns,
    runnerMemoryMiB: config.runnerMemoryMiB,
    ladder: { interruptSeconds: config.interruptSeconds, terminateSeconds: TERMINATE_SECONDS },
    preload: [PROGRAM],
    onStart,
    log
  })
  return { engine, engineInfo: { kind: found.kind, version: found.version } }
}

async function listen (app: FastifyInstance, { host, port }: Config): Promise<string> {
  await app.listen({ host, port, listenTextResolver: () => 'port open' })
  const { address, family, port: bound } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`
}
