/** Exit codes of the real CLI that callers look at. */
export const exitCodes = { ok: 0, failed: 1, stackNotFound: 6 } as const

/** A failure that is reported in one line, as the CLI does: `error: <message>` on stderr and an exit code. */
export class EngineError extends Error {
  readonly exitCode: number

  constructor (message: string, options: { exitCode?: number, cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'EngineError'
    this.exitCode = options.exitCode ?? exitCodes.failed
  }
}

/** What the Automation API turns into a StackNotFoundError. */
export const stackNotFound = (stack: string): EngineError =>
  new EngineError(`no stack named '${stack}' found`, { exitCode: exitCodes.stackNotFound })

export const notImplemented = (what: string): EngineError =>
  new EngineError(`the sandbox engine does not implement ${what}`)

export const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)
