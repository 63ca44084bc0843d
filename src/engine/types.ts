import type { EngineEvent } from '../schemas/event.ts'
import type { OperationError } from '../schemas/problem.ts'

/** The inline program to run: a module whose export `program` takes `input` and resolves to the stack's outputs. */
export interface ProgramReference {
  /** A `file:` URL. */
  readonly module: string
  /** Must survive structured cloning: it crosses to the runner. */
  readonly input: unknown
}

export interface RunRequest {
  readonly kind: 'up' | 'destroy'
  /** The stack's name: the environment's id. */
  readonly stack: string
  readonly program: ProgramReference
  /** Seconds until the run is ended by force and fails with `deadline-exceeded`. */
  readonly deadlineSeconds: number
}

/** An engine process, told apart from a later one with the same pid by its start time (clock ticks since boot, /proc/PID/stat). */
export interface EngineProcess {
  readonly host: string
  readonly pid: number
  readonly startTime: string
}

export interface RunHooks {
  /** Aborting asks the engine to stop gently, then less gently; the run then fails with `cancelled`. */
  readonly signal: AbortSignal
  readonly onEvent: (event: EngineEvent) => void
  /** Called for every engine process of the run before it can touch anything in the cloud. */
  readonly onEngineStarted: (engine: EngineProcess) => Promise<void>
}

export interface RunResult {
  /** The program's outputs in plain text; empty after a destroy. */
  readonly outputs: Record<string, unknown>
  /** Cloud resources left in the state. */
  readonly resources: number
}

/** A run that failed, classified. Never holds a secret nor unbounded output. */
export class RunFailure extends Error {
  readonly error: OperationError
  constructor (error: OperationError, options?: ErrorOptions) {
    super(error.detail, options)
    this.name = 'RunFailure'
    this.error = error
  }
}

/** Runs inline programs, each in a process of its own. */
export interface Engine {
  /** Creates or selects the stack, then runs `up`; or runs `destroy` and removes the stack. Rejects with RunFailure. */
  run(request: RunRequest, hooks: RunHooks): Promise<RunResult>
  /** Resolves once that engine process is gone; it is asked to stop if `signal` aborts. */
  waitForExit(engine: EngineProcess, signal: AbortSignal): Promise<void>
  /** The runner processes alive and their resident memory together, in bytes. */
  usage(): Promise<{ count: number, residentBytes: number }>
  /**
   * Ends runs that are under way gently, then the pool. An engine that needs longer than `timeoutMs` is left behind: it was
   * interrupted, finishes what it has in flight and unlocks by itself. Without `timeoutMs` it is waited for. Idempotent.
   */
  stop(timeoutMs?: number): Promise<void>
}
