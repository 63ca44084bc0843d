import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngine, type EngineExecutable, type EngineOptions } from '../../../src/engine/index.ts'
import {
  RunFailure,
  type Engine,
  type EngineProcess,
  type RunHooks,
  type RunKind,
  type RunResults,
  type RunTask
} from '../../../src/engine/types.ts'
import { PROVIDER_PACKAGE, REVISIONED_TYPES } from '../../../src/spec/resource-types.ts'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import { shareCompileCache } from '../service/compile-cache.ts'
import { startProvider, type Gate, type TestProvider } from './provider.ts'
import { silentLog } from '../log.ts'
import type { Behaviour } from './programs.ts'

export interface EngineFixture {
  readonly engine: Engine
  readonly provider: TestProvider
  readonly dataDir: string
  /** First words of every engine started, in order. */
  readonly starts: string[]
  readonly up: (stack: string, behaviour: Behaviour, options?: RunOptions<'up'>) => Promise<Counted<'up'>>
  readonly destroy: (stack: string, options?: RunOptions<'destroy'>) => Promise<Counted<'destroy'>>
  readonly run: <K extends RunKind>(
    kind: K,
    stack: string,
    behaviour?: Behaviour,
    options?: RunOptions<K>
  ) => Promise<Counted<K>>
}

/** A run's result, and how many cloud resources the state has afterwards. */
export type Counted<K extends RunKind> = RunResults[K] & { resources: number }

export interface RunOptions<K extends RunKind = RunKind> {
  readonly signal?: AbortSignal
  readonly deadlineSeconds?: number
  readonly events?: EngineEvent[]
  readonly onEngineStarted?: (engine: EngineProcess) => Promise<void>
  readonly locate?: NonNullable<RunHooks['locate']>
  readonly task?: Partial<RunTask<K>>
}

export const PROGRAM = new URL('./programs.ts', import.meta.url).href

export const engineOptions = (
  executable: EngineExecutable,
  dataDir: string,
  providerPort: number,
  provider = 'test'
): EngineOptions => ({
  engine: executable,
  dataDir,
  passphraseFile: join(dataDir, 'passphrase'),
  cloudEnv: async () => ({ PULUMI_DEBUG_PROVIDERS: `${provider}:${providerPort}` }),
  explicitProviders: [PROVIDER_PACKAGE],
  revisionedTypes: REVISIONED_TYPES,
  concurrency: 2,
  recycleAfter: 10,
  runnerMemoryMiB: 192,
  escalation: { interruptSeconds: 60, terminateSeconds: 10 },
  log: silentLog
})

/** What each kind of run is asked unless a test says otherwise. */
export const TASKS: { readonly [K in RunKind]: RunTask<K> } = {
  up: { kind: 'up', refresh: false },
  destroy: { kind: 'destroy', retain: [] },
  preview: { kind: 'preview', refresh: false },
  drift: { kind: 'drift' }
}

/** An engine, a provider for it to attach to and a data directory; all gone when `body` is through. */
export async function withEngine (
  executable: EngineExecutable,
  body: (fixture: EngineFixture) => Promise<void>,
  changes: Partial<EngineOptions> = {}
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fixture-'))
  await shareCompileCache(dataDir)
  const provider = await startProvider()
  const starts: string[] = []
  const onStart = (command: string) => {
    starts.push(command)
  }
  const engine = await createEngine({ ...engineOptions(executable, dataDir, provider.port), onStart, ...changes })
  const run = async <K extends RunKind>(kind: K, stack: string, input: Behaviour = {}, options: RunOptions<K> = {}) => {
    const result = await engine.run<K>(
      {
        ...TASKS[kind],
        ...options.task,
        stack,
        program: { module: PROGRAM, input },
        deadlineSeconds: options.deadlineSeconds ?? 120
      },
      {
        signal: options.signal ?? new AbortController().signal,
        onEvent: (event) => {
          options.events?.push(event)
        },
        onEngineStarted: options.onEngineStarted ?? (async () => undefined),
        ...(options.locate === undefined ? {} : { locate: options.locate })
      }
    )
    return { ...result, resources: (await engine.resources(stack)).length }
  }
  try {
    await body({
      engine,
      provider,
      dataDir,
      starts,
      up: async (stack, behaviour, options) => run('up', stack, behaviour, options),
      destroy: async (stack, options) => run('destroy', stack, {}, options),
      run
    })
  } finally {
    await engine.stop()
    await provider.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** The classified error of a run that has to fail. */
export async function failureOf (run: Promise<unknown>): Promise<RunFailure['error']> {
  try {
    await run
  } catch (error) {
    if (error instanceof RunFailure) return error.error
    throw error
  }
  throw new Error('the run succeeded')
}

/** Waits until the run is in the middle of what the gate holds; fails with the run if it ends before. */
export async function reached (gate: Gate, run: Promise<unknown>): Promise<void> {
  const early = run.then((result) => {
    throw new Error(`the run ended before its create was held: ${JSON.stringify(result)}`)
  })
  await Promise.race([gate.entered, early])
  early.catch(() => undefined)
}
