/** One command as the SDK gives it to its PulumiCommand. */
export interface CommandRequest {
  readonly args: readonly string[]
  readonly cwd: string
  /** Additions to the environment. */
  readonly env: Record<string, string>
}

/** How a command ended. */
export interface CommandOutcome {
  readonly stdout: string
  readonly stderr: string
  /** The engine's own exit code; 128 and more when a signal ended it, as shells count. */
  readonly code: number
  /** The signal that ended it, where one did: ours, the kernel's, anybody's. */
  readonly killedBy?: NodeJS.Signals
}

/** Runs a command of the engine to its end, whatever its exit code. */
export type RunCommand = (request: CommandRequest) => Promise<CommandOutcome>
