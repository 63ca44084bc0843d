import { once } from 'node:events'
import { runCommand, type CommandContext, type EngineExecutable } from './process/run-command.ts'
import type { CommandRequest, Outcome } from './command.ts'
import type { LadderSeconds } from './process/stop-process.ts'
import { classifyFailure, endOf, EventRecord, ofStorage, type FailureEvidence } from './translate/failures.ts'
import { change, read, type RunMeans, type RunnerPart } from './kinds.ts'
import { waitUntilUnlocked, type IsHostGone, type Lock } from './process/locks.ts'
import type { Log } from './log.ts'
import type { RunnerPool } from './runner/pool.ts'
import type { Runner, RunnerEnd } from './runner/runner-process.ts'
import type { Findings, FromRunner } from './runner/messages.ts'
import type { Keyring } from './state/secrets.ts'
import type { StatePaths } from './state/state-paths.ts'
import { pause } from './process/host-processes.ts'
import { RunFailure, type RunHooks, type RunRequest, type RunResult } from './types.ts'
import type { StackWorkspace, WorkspaceSettings } from './state/workspace.ts'

export interface RunDependencies {
  readonly engine: EngineExecutable
  readonly workspace: WorkspaceSettings
  readonly cloudEnv: () => Promise<Record<string, string>>
  readonly keyring: Keyring
  readonly ladder: LadderSeconds
  readonly pool: RunnerPool
  readonly log: Log
  readonly isHostGone: IsHostGone
  readonly onStart: (command: string) => void
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal
}

/** A runner that does not answer for so long is taken to be stuck in its program. */
const PATIENCE_MILLISECONDS = 5_000

/** Nothing can be named then. */
const EARLY = ' No resource had been told of yet: what is looked up first in the account (its identity, VPC, subnets) had no answer, or the engine had not begun.'

const DOINGS: Readonly<Record<RunRequest['kind'], (means: RunMeans) => Promise<RunResult>>> = { up: change, destroy: change, preview: read, drift: read }

type Cause = FailureEvidence['cause']
type RunEnd = Extract<FromRunner, { type: 'done' | 'failed' }>

/** One run: a runner, its engines one after the other, and what is learnt on the way. */
export class Run {
  readonly #request: RunRequest
  readonly #hooks: RunHooks
  readonly #dependencies: RunDependencies
  readonly #stop = new AbortController()
  readonly #record = new EventRecord()
  readonly #ended = new AbortController()
  #stopped: { cause: Cause, detail: string } | undefined
  #hookError: Error | undefined
  #answered = false
  #lastFailure: Outcome | undefined
  /** The engine under way, if any; never rejects. */
  #engine: Promise<void> = Promise.resolve()

  constructor (request: RunRequest, hooks: RunHooks, dependencies: RunDependencies) {
    this.#request = request
    this.#hooks = hooks
    this.#dependencies = dependencies
  }

  async execute (): Promise<RunResult> {
    const cancel = () => this.#interrupt('cancelled', 'The run was asked to stop.')
    const signal = AbortSignal.any([this.#hooks.signal, this.#dependencies.stopping])
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    try {
      return await this.#withRunner()
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  async #withRunner (): Promise<RunResult> {
    const { pool } = this.#dependencies
    const runner = await pool.acquire(this.#stop.signal).catch((error: unknown) => {
      throw this.#failure('crashed', String(error))
    })
    const seconds = this.#request.deadlineSeconds
    const deadline = setTimeout(() => this.#interrupt('deadline', `The run did not end within ${seconds} seconds.${this.#record.planned ? '' : EARLY}`), seconds * 1000)
    try {
      return await this.#inRunner(runner)
    } catch (error) {
      // What a failed run left in the process (pending promises, listeners) must not meet the next one.
      runner.healthy = false
      throw error instanceof Error ? ofStorage(error) : error
    } finally {
      clearTimeout(deadline)
      runner.listen(undefined)
      await pool.release(runner)
    }
  }

  async #inRunner (runner: Runner): Promise<RunResult> {
    const aborted = once(this.#stop.signal, 'abort', { signal: this.#ended.signal }).then(() => { throw new Error('The runner was still loading.') })
    await Promise.race([runner.ready, aborted]).catch((error: unknown) => { throw this.#failure('crashed', String(error)) })
    const { workspace: settings, cloudEnv, keyring, log, isHostGone } = this.#dependencies
    return DOINGS[this.#request.kind]({
      request: this.#request,
      hooks: this.#hooks,
      settings,
      cloudEnv,
      perform: async (request) => this.#command(request),
      unlock: async (paths) => this.#unlock(paths),
      keyring,
      log,
      isHostGone,
      inRunner: async (workspace, part) => this.#runIn(runner, workspace, part)
    })
  }

  async #runIn (runner: Runner, workspace: StackWorkspace, { stateUrl, refresh }: RunnerPart): Promise<Findings> {
    if (this.#stop.signal.aborted) throw this.#failure('cancelled', '')
    const { kind, stack, program } = this.#request
    const { executable, version } = this.#dependencies.engine
    const { workDir, pulumiHome, env } = workspace
    const ended = this.#converse(runner, stateUrl)
    runner.send({ type: 'run', spec: { kind, stack, program, refresh, workDir, pulumiHome, env, engine: { executable, version } } })
    return this.#settle(runner, ended)
  }

  async #unlock (paths: StatePaths): Promise<void> {
    const { log, isHostGone } = this.#dependencies
    const onRemoved = ({ host, pid }: Lock) => log.warn({ stack: this.#request.stack, host, pid }, 'removed the lock of an engine that is gone')
    const held = await waitUntilUnlocked(paths, this.#stop.signal, { isHostGone, onRemoved })
    const [lock] = held
    if (lock === undefined) return
    // What it waited for in vain says more than that its time is over.
    if (this.#stopped?.cause === 'deadline') this.#stopped = undefined
    throw this.#failure('locked', `Process ${lock.pid} on ${lock.host} holds the stack since ${new Date(lock.since).toISOString()}.`)
  }

  /** Listens to the runner until it says how the run ended, or ends itself. */
  #converse (runner: Runner, stateUrl: string): Promise<RunEnd> {
    const { promise, resolve } = Promise.withResolvers<RunEnd>()
    runner.listen((message) => {
      switch (message.type) {
        case 'event':
          this.#record.add(message.event)
          this.#hooks.onEvent(message.event)
          break
        case 'command':
          this.#engine = this.#perform(runner, message, stateUrl)
          break
        case 'stray':
          this.#dependencies.log.warn({ error: message.message }, 'a program of an earlier run failed after its end')
          runner.healthy = false
          break
        case 'done':
        case 'failed':
          resolve(message)
          break
        case 'pong':
          this.#answered = true
          break
        case 'ready':
          break
      }
    })
    runner.ended.then((end) => {
      this.#orphan(end)
      resolve({ type: 'failed', message: end.detail })
    }, () => undefined)
    return promise
  }

  async #settle (runner: Runner, ended: Promise<RunEnd>): Promise<Findings> {
    const hurry = () => { this.#hurry(runner).catch(() => runner.kill()) }
    this.#stop.signal.addEventListener('abort', hurry, { once: true })
    const end = await ended
    this.#ended.abort()
    // A runner that died leaves its engine behind, and the run is not over before that is gone.
    await this.#engine
    if (end.type === 'done') return end.findings
    if (this.#hookError !== undefined) throw this.#hookError
    throw this.#failure('failed', end.message, end.programError)
  }

  /**
   * Ends a runner that does not react to the interruption. One that is stuck in its program is ended at once, because an
   * engine that waits for it could not stop gently; any other once its engine is gone.
   */
  async #hurry (runner: Runner): Promise<void> {
    runner.send({ type: 'ping' })
    await pause(PATIENCE_MILLISECONDS, this.#ended.signal)
    if (!this.#answered && !this.#ended.signal.aborted) runner.kill()
    await this.#engine
    await pause(PATIENCE_MILLISECONDS, this.#ended.signal)
    if (!this.#ended.signal.aborted) runner.kill()
  }

  async #perform (runner: Runner, { command, request }: Extract<FromRunner, { type: 'command' }>, stateUrl: string): Promise<void> {
    try {
      const outcome = await runCommand(request, this.#commandContext(stateUrl))
      if (outcome.code !== 0) this.#lastFailure = outcome
      runner.send({ type: 'outcome', command, outcome })
    } catch (error) {
      if (error instanceof RunFailure) this.#hookError = error
      runner.send({ type: 'refused', command, reason: error instanceof Error ? error.message : String(error) })
    }
  }

  /** A command of our own, while the runner has none under way. */
  async #command (request: CommandRequest): Promise<Outcome> {
    const aborted = (): boolean => this.#stop.signal.aborted
    const outcome = await runCommand(request, this.#commandContext(this.#dependencies.workspace.stateUrl)).catch((error: unknown) => {
      throw aborted() ? this.#failure('cancelled', '') : error
    })
    if (aborted()) throw this.#failure('cancelled', '')
    return outcome
  }

  #commandContext (stateUrl: string): CommandContext {
    const { engine, keyring, ladder, log, onStart } = this.#dependencies
    return {
      engine,
      stateUrl,
      keyring,
      ladder,
      signal: this.#stop.signal,
      onStart,
      onSurprise: (error) => log.warn({ err: error, stack: this.#request.stack }, 'asking the engine instead of reading its state'),
      onEngineStarted: async (process) => {
        try {
          await this.#hooks.onEngineStarted(process)
        } catch (error) {
          this.#hookError = error instanceof Error ? error : new Error(String(error))
          throw error
        }
      }
    }
  }

  /** The first cause counts; later ones are its consequences. */
  #interrupt (cause: Cause, detail: string): void {
    this.#stopped ??= { cause, detail }
    this.#stop.abort()
  }

  /**
   * The runner is gone. Its engine notices and stops by itself: finishes what is in flight, saves, unlocks. A signal at
   * that moment would count as the second one and make it give up at once, its lock left behind (measured on 3.260); so
   * it gets one only if it lingers.
   */
  #orphan ({ reason, detail }: RunnerEnd): void {
    this.#stopped ??= { cause: reason, detail }
    const timer = setTimeout(() => this.#stop.abort(), this.#dependencies.ladder.interruptSeconds * 1000)
    this.#engine.finally(() => clearTimeout(timer)).catch(() => undefined)
  }

  #failure (cause: Cause, detail: string, programError?: string): RunFailure {
    const { errors, failed, underWay } = this.#record
    const engine = this.#lastFailure
    const text = engine === undefined ? '' : `${engine.stdout}\n${engine.stderr}`
    return new RunFailure(classifyFailure({
      ...(this.#stopped ?? (engine === undefined ? { cause, detail } : endOf(engine))),
      errors,
      failed,
      underWay,
      text,
      ...(programError === undefined ? {} : { programError })
    }))
  }
}
