import type { DriftedResource, PlannedChange } from '../schemas/change.ts'
import type { EngineEvent } from '../schemas/event.ts'
import type { OperationErrorData } from '../errors.ts'

/** The inline program to run: a module whose export `program` takes `input` and resolves to the stack's outputs. */
export interface ProgramReference {
  /** A `file:` URL. */
  readonly module: string
  /** Must survive structured cloning: it crosses to the runner. */
  readonly input: unknown
}

/** What a run is about, whatever it does. */
interface RunTarget {
  /** The stack's name: the environment's id. A preview of a stack that does not exist shows what would be created. */
  readonly stack: string
  readonly program: ProgramReference
  /** Seconds until the run is ended by force and fails with `deadline-exceeded`. */
  readonly deadlineSeconds: number
}

/**
 * What each kind of run is asked besides. `up` and `destroy` change the cloud and the state; `preview` and `drift` only
 * read, take no lock, write nothing and may run beside another run of the same stack.
 */
interface RunOptions {
  readonly up: {
    /** Reads the cloud into the state first, so that what drifted is repaired. */
    readonly refresh: boolean
    /** Refuse to begin, with `preview-outdated`, unless the state has this fingerprint. */
    readonly expectState?: string
  }
  readonly destroy: {
    /** Types of resources that stay in the cloud and leave the state, such as `package:module/name:Name`. */
    readonly retain: readonly string[]
  }
  readonly preview: {
    /** Shows what an `up` with `refresh` would do. */
    readonly refresh: boolean
  }
  readonly drift: object
}

export type RunKind = keyof RunOptions

/** A kind of run with what it is asked. */
export type RunTask<K extends RunKind = RunKind> = { [P in K]: { readonly kind: P } & RunOptions[P] }[K]

export type RunRequest<K extends RunKind = RunKind> = RunTask<K> & RunTarget

/** What the program's process answers at the end of a run of each kind. */
export interface ProgramResults {
  /** The program's outputs in plain text. */
  readonly up: { readonly outputs: Record<string, unknown> }
  readonly destroy: object
  /** What would be done. */
  readonly preview: { readonly changes: readonly PlannedChange[] }
  /** What is not as the state has it. */
  readonly drift: { readonly drifted: readonly DriftedResource[] }
}

/** The state that a reading run began with. */
interface StateRead {
  /** '' where there was none. Changes with every change of the state. */
  readonly stateFingerprint: string
}

export interface RunResults {
  readonly up: ProgramResults['up']
  readonly destroy: {
    /** What stays in the cloud and has left the state. */
    readonly retained: readonly KnownResource[]
  }
  readonly preview: ProgramResults['preview'] & StateRead
  readonly drift: ProgramResults['drift'] & StateRead
}

/**
 * An engine process. Its start time (clock ticks since boot, /proc/PID/stat) tells it from a later one with its pid.
 */
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
  /**
   * Looks up what an engine that was killed had begun to create: the cloud's id of each resource that exists, by URN.
   * Without it a run of a stack with pending creates is refused.
   */
  readonly locate?: (pending: readonly PendingCreate[]) => Promise<ReadonlyMap<string, string>>
}

/** A resource whose creation was begun and whose end is not in the state. */
export interface PendingCreate {
  readonly urn: string
  readonly type: string
  /** As the provider was given them, its automatic name among them. Secrets are absent. */
  readonly inputs: Readonly<Record<string, unknown>>
}

/** A cloud resource as the state has it. */
export interface KnownResource {
  readonly urn: string
  readonly type: string
  readonly name: string
  readonly id: string
  readonly outputs: Readonly<Record<string, unknown>>
}

/** A run that failed, classified. Never holds a secret nor unbounded output. */
export class RunFailure extends Error {
  readonly error: OperationErrorData
  constructor (error: OperationErrorData, options?: ErrorOptions) {
    super(error.detail, options)
    this.name = 'RunFailure'
    this.error = error
  }
}

/** Runs inline programs, each in a process of its own. */
export interface Engine {
  /**
   * Creates or selects the stack, then runs `up`; or runs `destroy` and removes the stack; or reads. Before it changes
   * anything it recovers what a killed engine left: locks, pending operations. Rejects with RunFailure.
   */
  run<K extends RunKind>(request: RunRequest<K>, hooks: RunHooks): Promise<RunResults[K]>
  /**
   * The cloud resources in the stack's state; none where there is no state.
   * @throws RunFailure where the state cannot be read
   */
  resources(stack: string): Promise<readonly KnownResource[]>
  /**
   * Resolves once that engine process, which stops by itself, is gone. If `signal` aborts it gets SIGTERM, then SIGKILL
   * when its time is up.
   */
  waitForExit(engine: EngineProcess, signal: AbortSignal): Promise<void>
  /** The runner processes alive and their resident memory together, in bytes. */
  usage(): Promise<{ count: number, residentBytes: number }>
  /**
   * Interrupts the runs in flight, then ends the pool. An engine that needs longer than `timeoutMilliseconds` is left
   * behind: it was interrupted, finishes what it has in flight and unlocks by itself. Without `timeoutMilliseconds` it
   * is waited for. Idempotent.
   */
  stop(timeoutMilliseconds?: number): Promise<void>
}
