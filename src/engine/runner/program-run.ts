import type { RunCommand } from '../command.ts'
import type { Interruption } from '../interruption.ts'
import type { Log } from '../log.ts'
import { pause } from '../../host-processes.ts'
import type { EngineEvent } from '../../schemas/event.ts'
import type { FromRunner, RunSpec } from './messages.ts'
import type { Runner, RunnerEnd } from './runner-process.ts'

export interface ProgramRunOptions {
  readonly interruption: Interruption
  readonly onEvent: (event: EngineEvent) => void
  /** Runs the engine's commands, which the runner only asks for. */
  readonly runCommand: RunCommand
  /** How long an engine whose runner is gone has to end by itself. */
  readonly lingerSeconds: number
  readonly log: Log
}

type ProgramEnd = Extract<FromRunner, { type: 'done' | 'failed' }>

/** A runner that does not answer for so long is taken to be stuck in its program. */
const REACTION_MILLISECONDS = 5_000

/** One run of a program in a runner, which asks for one engine after the other. */
export class ProgramRun {
  readonly #runner: Runner
  readonly #options: ProgramRunOptions
  readonly #over = new AbortController()
  #answered = false
  /** The engine's command that is running, if any; never rejects. */
  #command: Promise<void> = Promise.resolve()

  constructor (runner: Runner, options: ProgramRunOptions) {
    this.#runner = runner
    this.#options = options
  }

  /** Lets the runner run the program. Resolves once that has ended, and the last engine with it; never rejects. */
  async execute (spec: RunSpec): Promise<ProgramEnd> {
    const { signal } = this.#options.interruption
    const ended = this.#listenToRunner()
    this.#runner.send({ type: 'run', spec })
    const escalate = () => { this.#escalateRunner().catch(() => this.#runner.kill()) }
    signal.addEventListener('abort', escalate, { once: true })
    const end = await ended
    signal.removeEventListener('abort', escalate)
    this.#over.abort()
    // A runner that died leaves its engine behind, and the run is not over before that is gone.
    await this.#command
    return end
  }

  /** Listens to the runner until it says how the run ended, or ends itself. */
  async #listenToRunner (): Promise<ProgramEnd> {
    const { promise, resolve } = Promise.withResolvers<ProgramEnd>()
    this.#runner.listen((message) => {
      if (message.type === 'done' || message.type === 'failed') resolve(message)
      else this.#receive(message)
    })
    this.#runner.ended.then((end) => {
      this.#onRunnerExit(end)
      resolve({ type: 'failed', message: end.detail })
    }, () => undefined)
    return promise
  }

  #receive (message: Exclude<FromRunner, ProgramEnd>): void {
    switch (message.type) {
      case 'event':
        this.#options.onEvent(message.event)
        break
      case 'command':
        this.#command = this.#runCommand(message)
        break
      case 'unhandled-error':
        this.#options.log.warn({ error: message.message }, 'a program of an earlier run failed after its end')
        this.#runner.healthy = false
        break
      case 'pong':
        this.#answered = true
        break
      case 'ready':
        break
    }
  }

  async #runCommand ({ command, request }: Extract<FromRunner, { type: 'command' }>): Promise<void> {
    try {
      const outcome = await this.#options.runCommand(request)
      this.#runner.send({ type: 'outcome', command, outcome })
    } catch (error) {
      this.#runner.send({ type: 'refused', command, reason: error instanceof Error ? error.message : String(error) })
    }
  }

  /**
   * Kills a runner that does not react to the interruption. One that is stuck in its program is killed at once, because
   * an engine that waits for it could not finish what is in flight; any other is killed once its engine is gone.
   */
  async #escalateRunner (): Promise<void> {
    const over = this.#over.signal
    this.#runner.send({ type: 'ping' })
    await pause(REACTION_MILLISECONDS, over)
    if (!this.#answered && !over.aborted) this.#runner.kill()
    await this.#command
    await pause(REACTION_MILLISECONDS, over)
    if (!over.aborted) this.#runner.kill()
  }

  /**
   * The engine of a runner that is gone notices and stops by itself: it finishes what is in flight, saves, unlocks. A
   * signal at that moment would count as the second one and make it give up at once, its lock left behind (measured on
   * 3.260); so it gets one only if it lingers.
   */
  #onRunnerExit ({ reason, detail }: RunnerEnd): void {
    const { interruption, lingerSeconds } = this.#options
    interruption.note({ cause: reason, detail })
    const timer = setTimeout(() => interruption.interrupt({ cause: reason, detail }), lingerSeconds * 1000)
    this.#command.finally(() => clearTimeout(timer)).catch(() => undefined)
  }
}
