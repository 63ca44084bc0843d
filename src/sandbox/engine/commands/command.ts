import type { Arguments, CommandShape } from '../args.ts'
import type { EngineVariables } from '../environment.ts'
import type { Output } from '../output.ts'

/** What a command gets to work with. */
export interface CommandContext {
  args: Arguments
  environment: EngineVariables
  output: Output
  /** The working directory: where Pulumi.yaml is. */
  directory: string
  /** Called once per signal that asks the process to end. Returns how to stop listening. */
  onSignal: (listener: (signal: 'SIGINT' | 'SIGTERM') => void) => () => void
}

/** @returns the exit code. Failures are EngineErrors. */
export type Run = (context: CommandContext) => Promise<number>

/** A command: its words, what it takes, and its code, loaded when it is wanted (gRPC costs tens of milliseconds). */
export interface Command {
  words: readonly string[]
  shape: CommandShape
  load: () => Promise<{ run: Run }>
}
