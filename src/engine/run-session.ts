import pTimeout from 'p-timeout'
import type { CommandOutcome, CommandRequest } from './command.ts'
import { commandContext, type EngineDependencies } from './dependencies.ts'
import { Interruption } from './interruption.ts'
import { runCommand, type EngineCommandContext } from './process/run-command.ts'
import { ProgramRun } from './runner/program-run.ts'
import type { Runner } from './runner/runner-process.ts'
import type { StackWorkspace } from './state/workspace.ts'
import { classifyFailure, endOf, EventRecord, type FailureReason } from './translate/failures.ts'
import {
  RunFailure,
  type EngineProcess,
  type ProgramResults,
  type RunHooks,
  type RunKind,
  type RunRequest
} from './types.ts'

const CANCELLED: FailureReason = { cause: 'cancelled', detail: '' }

/** Added to a deadline's detail: no resource can be named then. */
const NO_RESOURCE_YET =
  ' No resource had been told of yet: what is looked up first in the account (its identity, VPC, subnets) had no ' +
  'answer, or the engine had not begun.'

/** One run: its runner, its deadline, what interrupts it, and the engines it starts one after the other. */
export class RunSession<K extends RunKind = RunKind> {
  readonly request: RunRequest<K>
  readonly hooks: RunHooks
  readonly dependencies: EngineDependencies
  readonly #interruption = new Interruption()
  readonly #events = new EventRecord()
  readonly #cancelled: AbortSignal
  #runner: Runner | undefined
  #deadline: NodeJS.Timeout | undefined
  /** Thrown in place of what the runner makes of it. */
  #ownError: Error | undefined
  /** Of the commands that the runner asked for. */
  #lastFailure: CommandOutcome | undefined

  constructor (request: RunRequest<K>, hooks: RunHooks, dependencies: EngineDependencies) {
    this.request = request
    this.hooks = hooks
    this.dependencies = dependencies
    this.#cancelled = AbortSignal.any([hooks.signal, dependencies.stopping])
  }

  /** Aborts when the run is to stop. */
  get signal (): AbortSignal {
    return this.#interruption.signal
  }

  /**
   * Waits for a runner that is loaded. The deadline counts from the moment that a runner is free.
   * @throws RunFailure
   */
  async open (): Promise<void> {
    this.#cancelled.addEventListener('abort', this.#cancel, { once: true })
    if (this.#cancelled.aborted) this.#cancel()
    try {
      this.#runner = await this.dependencies.pool.acquire(this.signal)
      this.#deadline = setTimeout(this.#expire, this.request.deadlineSeconds * 1000)
      await pTimeout(this.#runner.ready, { milliseconds: Infinity, signal: this.signal })
    } catch (error) {
      throw this.failure({ cause: 'crashed', detail: String(error) })
    }
  }

  /** @param failed What a failed run left in the runner (pending promises, listeners) must not meet the next run. */
  async close (failed: boolean): Promise<void> {
    clearTimeout(this.#deadline)
    this.#cancelled.removeEventListener('abort', this.#cancel)
    if (this.#runner === undefined) return
    if (failed) this.#runner.healthy = false
    this.#runner.listen(undefined)
    await this.dependencies.pool.release(this.#runner)
  }

  /**
   * Runs a command of the service's own, while the program runs none.
   * @returns Its outcome, whatever the exit code.
   * @throws RunFailure
   */
  readonly command = async (request: CommandRequest): Promise<CommandOutcome> => {
    const context = this.#commandContext(this.dependencies.settings.stateUrl)
    const outcome = await runCommand(request, context).catch((error: unknown) => {
      throw this.signal.aborted ? this.failure(CANCELLED) : error
    })
    if (this.signal.aborted) throw this.failure(CANCELLED)
    return outcome
  }

  /**
   * Runs the program, and with it the engine, as the kind of the run says.
   * @param refresh Whether the cloud is to be read into the state first.
   * @throws RunFailure, or what a hook throws
   */
  async program (workspace: StackWorkspace, refresh: boolean): Promise<ProgramResults[K]> {
    if (this.signal.aborted || this.#runner === undefined) throw this.failure(CANCELLED)
    const { kind, stack, program } = this.request
    const { engine: { executable, version }, escalation, log } = this.dependencies
    const { workDir, pulumiHome, env } = workspace
    const end = await new ProgramRun(this.#runner, {
      interruption: this.#interruption,
      onEvent: (event) => {
        this.#events.add(event)
        this.hooks.onEvent(event)
      },
      runCommand: async (request) => this.#commandOfRunner(request, workspace.stateUrl),
      lingerSeconds: escalation.interruptSeconds,
      log
    }).execute({ kind, stack, program, refresh, workDir, pulumiHome, env, engine: { executable, version } })
    // The runner answers in the form of the kind that it was given.
    if (end.type === 'done') return end.result as ProgramResults[K]
    throw this.#ownError ?? this.failure({ cause: 'failed', detail: end.message }, end.programError)
  }

  /** The run's failure. What interrupted the run is the reason of whatever failed afterwards. */
  failure (reason: FailureReason, programError?: string): RunFailure {
    const interrupted = this.#interruption.reason
    // A lock that was waited for in vain says more than that the time is over.
    const isLocked = reason.cause === 'locked' && interrupted?.cause === 'deadline'
    const engine = this.#lastFailure
    const { errors, failed, inFlight } = this.#events
    return new RunFailure(classifyFailure(
      isLocked ? reason : interrupted ?? (engine === undefined ? reason : endOf(engine)),
      { errors, failed, inFlight, text: engine === undefined ? '' : `${engine.stdout}\n${engine.stderr}`, programError }
    ))
  }

  readonly #cancel = (): void => {
    this.#interruption.interrupt({ cause: 'cancelled', detail: 'The run was asked to stop.' })
  }

  readonly #expire = (): void => {
    const detail = `The run did not end within ${this.request.deadlineSeconds} seconds.`
    this.#interruption.interrupt({
      cause: 'deadline',
      detail: this.#events.planned ? detail : detail + NO_RESOURCE_YET
    })
  }

  async #commandOfRunner (request: CommandRequest, stateUrl: string): Promise<CommandOutcome> {
    try {
      const outcome = await runCommand(request, this.#commandContext(stateUrl))
      if (outcome.code !== 0) this.#lastFailure = outcome
      return outcome
    } catch (error) {
      if (error instanceof RunFailure) this.#ownError = error
      throw error
    }
  }

  #commandContext (stateUrl: string): EngineCommandContext {
    return commandContext(this.dependencies, this.request.stack, {
      stateUrl,
      signal: this.signal,
      onEngineStarted: async (engine) => this.#onEngineStarted(engine)
    })
  }

  async #onEngineStarted (engine: EngineProcess): Promise<void> {
    try {
      await this.hooks.onEngineStarted(engine)
    } catch (error) {
      this.#ownError = error instanceof Error ? error : new Error(String(error))
      throw error
    }
  }
}
