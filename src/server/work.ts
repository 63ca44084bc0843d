import { hostname } from 'node:os'
import { createCloud } from '../cloud/index.ts'
import { VISIBLE_SECONDS } from '../cloud/locate.ts'
import type { Config } from '../config.ts'
import { createEngine, findEngine, type EngineExecutable } from '../engine/index.ts'
import type { Engine } from '../engine/types.ts'
import type { Context, WorkContext } from '../operations/context.ts'
import { SANDBOX_CREDENTIALS, type SandboxCloud } from '../sandbox/aws/client.ts'
import { isHostGone } from '../store/queries/hosts.ts'
import { availableMemoryMiB, capacityFor } from './capacity.ts'
import type { Shutdown } from './shutdown.ts'
import { PROVIDER_PACKAGE, REVISIONED_TYPES } from '../spec/resource-types.ts'

/** Between SIGTERM and SIGKILL: long enough to end, too short to start another call. */
const TERMINATE_SECONDS = 20

const ENGINE_STOP_MILLISECONDS = 1_000

const PROGRAM = new URL('../stacks/batch-environment.ts', import.meta.url).href

/** Starts what runs operations: the engine and the calls to the cloud that are not Pulumi's. */
export async function openWork (
  config: Config,
  context: Context,
  parts: { readonly shutdown: Shutdown, readonly sandbox: SandboxCloud | undefined }
): Promise<WorkContext> {
  const { shutdown, sandbox } = parts
  const found = await findEngine({
    engine: config.engine,
    cloud: config.cloud,
    path: config.path,
    pulumiRoot: config.pulumiRoot,
    stateUrl: config.stateUrl,
    log: context.log
  })
  const capacity = capacityFor({
    concurrency: config.concurrency,
    memoryMiB: config.workerMemoryMiB ?? availableMemoryMiB(),
    cloud: config.cloud
  })
  context.log.info({ ...capacity, asked: config.concurrency, teamLimit: config.teamConcurrency }, 'operations at once')
  context.metrics.workerSlots.set(capacity.concurrency)
  const engine = await startEngine(config, context, { found, sandbox, concurrency: capacity.concurrency })
  // By then the worker has waited for the engines.
  shutdown.add('engine', () => engine.stop(ENGINE_STOP_MILLISECONDS))
  const awsCalls = createCloud(
    sandbox && {
      endpoint: async () => (await sandbox.ensure()).apiUrl,
      credentials: SANDBOX_CREDENTIALS,
      visibleSeconds: VISIBLE_SECONDS * config.sandboxSpeed
    }
  )
  shutdown.add('cloud', () => awsCalls.close())
  return {
    ...context,
    engine,
    engineInfo: { kind: found.kind, version: found.version },
    awsCalls,
    program: PROGRAM,
    deadlineSeconds: config.deadlineSeconds,
    retries: { limit: config.retryLimit, baseSeconds: config.retrySeconds },
    concurrency: capacity.concurrency,
    scheduling: { host: hostname(), hostGoneSeconds: config.hostGoneSeconds, teamLimit: config.teamConcurrency },
    databaseOutageSeconds: config.databaseOutageSeconds
  }
}

interface EngineParts {
  readonly found: EngineExecutable
  readonly sandbox: SandboxCloud | undefined
  readonly concurrency: number
}

async function startEngine (
  config: Config,
  { database, metrics, log }: Context,
  { found, sandbox, concurrency }: EngineParts
): Promise<Engine> {
  return createEngine({
    engine: found,
    dataDir: config.dataDir,
    stateUrl: config.stateUrl,
    passphraseFile: config.passphraseFile,
    cloudEnv: async (): Promise<Record<string, string>> =>
      sandbox ? { PULUMI_DEBUG_PROVIDERS: `aws:${(await sandbox.ensure()).grpcPort}` } : {},
    explicitProviders: [PROVIDER_PACKAGE],
    revisionedTypes: REVISIONED_TYPES,
    concurrency,
    recycleAfter: config.runnerRuns,
    runnerMemoryMiB: config.runnerMemoryMiB,
    escalation: { interruptSeconds: config.interruptSeconds, terminateSeconds: TERMINATE_SECONDS },
    preload: [PROGRAM],
    isHostGone: async (host, since) =>
      isHostGone(database.db, host, {
        goneSeconds: config.hostGoneSeconds,
        ...(since !== undefined && { since: new Date(since) })
      }),
    onStart: (command) => {
      metrics.engineStarts.inc({ command })
    },
    log
  })
}
