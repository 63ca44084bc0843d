import type { EngineEvent } from '../../schemas/event.ts'
import type { ProgramReference, ProgramResults, RunKind } from '../types.ts'
import type { CommandRequest, CommandOutcome } from '../command.ts'

/** Everything a runner needs for one run. */
export interface RunSpec {
  readonly kind: RunKind
  readonly stack: string
  readonly refresh: boolean
  readonly program: ProgramReference
  readonly workDir: string
  readonly pulumiHome: string
  /** Added to the environment of every engine of the run. */
  readonly env: Record<string, string>
  readonly engine: { readonly executable: string, readonly version: string }
}

/** From the service to the runner. */
export type ToRunner =
  | { type: 'run', spec: RunSpec }
  | { type: 'outcome', command: number, outcome: CommandOutcome }
  | { type: 'refused', command: number, reason: string }
  | { type: 'ping' }

/** From the runner to the service. Nothing here is unbounded but a program's outputs. */
export type FromRunner =
  | { type: 'ready' }
  | { type: 'pong' }
  | { type: 'command', command: number, request: CommandRequest }
  | { type: 'event', event: EngineEvent }
  | { type: 'done', result: ProgramResults[RunKind] }
  | { type: 'failed', message: string, programError?: string }
  /** An error of an earlier run's program, or of nobody's: this runner must not take another run. */
  | { type: 'unhandled-error', message: string }
