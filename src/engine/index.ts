import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import pTimeout from 'p-timeout'
import type { StopEscalation } from './process/stop-process.ts'
import { runCommand, type EngineExecutable } from './process/run-command.ts'
import { knownResources } from './state/deployment.ts'
import type { IsHostGone } from './process/locks.ts'
import type { Log } from './log.ts'
import { RunnerPool } from './runner/pool.ts'
import { residentBytes } from '../host-processes.ts'
import { removeAbandonedWorkspaces } from './state/read-only-workspace.ts'
import { runStack } from './run.ts'
import { commandContext, type EngineDependencies } from './dependencies.ts'
import { ensurePassphraseFile, SecretsKeyCache } from './state/secrets.ts'
import { readDeployment } from './state/import-export.ts'
import { waitForExit } from './process/wait-for-exit.ts'
import type { Engine, KnownResource } from './types.ts'

export { findEngine } from './process/find-engine.ts'
export type { EngineExecutable } from './process/run-command.ts'

export interface EngineOptions {
  readonly engine: EngineExecutable
  /** Work directories, the engine's home and, by default, the state. */
  readonly dataDir: string
  /** Pulumi's state backend; `file://` in the data directory by default. */
  readonly stateUrl?: string
  /** Made with random content if it is missing. Every replica needs the same one. */
  readonly passphraseFile: string
  /**
   * Called before each run: the environment variables that engines need to reach the cloud. Empty on real AWS;
   * `PULUMI_DEBUG_PROVIDERS` is never inherited.
   */
  readonly cloudEnv: () => Promise<Record<string, string>>
  /** Packages whose resources must name their provider: the engine refuses to use a default provider for them. */
  readonly explicitProviders: readonly string[]
  /** Types of resources whose update makes another revision in the cloud, with an ARN of its own. */
  readonly revisionedTypes: ReadonlySet<string>
  /** Runs at a time; more wait. */
  readonly concurrency: number
  /** Runs per runner. */
  readonly recycleAfter: number
  /** Heap limit of a runner. */
  readonly runnerMemoryMiB: number
  /** How engines are stopped; by default 300 seconds to finish what is in flight, then 30 to give up. */
  readonly escalation?: StopEscalation
  /** Modules of programs (`file:` URLs) that runners load before their first run. */
  readonly preload?: readonly string[]
  readonly log: Log
  /** Whether a host, by its name, and with it every engine on it is known to be gone; by default none ever is. */
  readonly isHostGone?: IsHostGone
  /** Called at every start of an engine with the command's name, for instance `up` or `stack init`. */
  readonly onStart?: (command: string) => void
}

const DEFAULT_ESCALATION: StopEscalation = { interruptSeconds: 300, terminateSeconds: 30 }

/**
 * Sets up the engine: the passphrase file, the state directory and a runner that is loaded.
 * @throws Error when the data directory can't be written, or the passphrase file can't be used.
 */
export async function createEngine (options: EngineOptions): Promise<Engine> {
  const dataDir = resolve(options.dataDir)
  await mkdir(dataDir, { recursive: true })
  const passphraseFile = resolve(options.passphraseFile)
  await ensurePassphraseFile(passphraseFile, options.log)
  await removeAbandonedWorkspaces(dataDir)
  const compileCache = join(dataDir, 'cache', 'node')
  const stopping = new AbortController()
  const pool = new RunnerPool({
    concurrency: options.concurrency,
    recycleAfter: options.recycleAfter,
    memoryMiB: options.runnerMemoryMiB,
    preload: options.preload ?? [],
    compileCache,
    onUnhandledError: (message) => options.log.warn({ error: message }, 'a program failed after its run had ended')
  })
  const { plugins } = options.engine
  const dependencies: EngineDependencies = {
    engine: options.engine,
    settings: {
      dataDir,
      stateUrl: options.stateUrl ?? pathToFileURL(join(dataDir, 'state')).href,
      passphraseFile,
      explicitProviders: options.explicitProviders,
      ...(options.engine.kind === 'sandbox' ? { compileCache } : {}),
      ...(plugins === undefined ? {} : { plugins })
    },
    cloudEnv: options.cloudEnv,
    revisionedTypes: options.revisionedTypes,
    keyCache: new SecretsKeyCache(passphraseFile),
    escalation: options.escalation ?? DEFAULT_ESCALATION,
    pool,
    log: options.log,
    isHostGone: options.isHostGone ?? (async () => false),
    onStart: options.onStart ?? (() => undefined),
    stopping: stopping.signal
  }
  return assemble(dependencies, stopping)
}

function assemble (dependencies: EngineDependencies, stopping: AbortController): Engine {
  const runs = new Set<Promise<unknown>>()
  let stopped: Promise<void> | undefined
  const stop = async (timeoutMilliseconds: number | undefined) => {
    stopping.abort()
    await pTimeout(Promise.allSettled(runs), { milliseconds: timeoutMilliseconds ?? Infinity, message: false })
    await dependencies.pool.stop()
  }
  return {
    run: async (request, hooks) => {
      const running = runStack(request, hooks, dependencies)
      runs.add(running)
      return running.finally(() => runs.delete(running))
    },
    resources: async (stack) => resourcesOf(stack, dependencies),
    waitForExit: async (engine, signal) => waitForExit(engine, signal, dependencies),
    usage: async () => usageOf(dependencies.pool.pids),
    stop: async (timeoutMilliseconds) => {
      stopped ??= stop(timeoutMilliseconds)
      return stopped
    }
  }
}

async function resourcesOf (stack: string, dependencies: EngineDependencies): Promise<readonly KnownResource[]> {
  const { settings, stopping } = dependencies
  const context = commandContext(dependencies, stack, {
    stateUrl: settings.stateUrl,
    signal: stopping,
    onEngineStarted: async () => undefined
  })
  const deployment = await readDeployment(settings, stack, async (request) => runCommand(request, context))
  return deployment === undefined ? [] : knownResources(deployment)
}

async function usageOf (pids: readonly number[]): Promise<{ count: number, residentBytes: number }> {
  const sizes = await Promise.all(pids.map(residentBytes))
  return { count: pids.length, residentBytes: sizes.reduce((sum, size) => sum + size, 0) }
}
