import { delimiter, dirname } from 'node:path'
import type { SecretsKeyCache } from '../state/secrets.ts'
import type { CommandRequest, CommandOutcome } from '../command.ts'
import type { EngineProcess } from '../types.ts'
import { answerFromState } from './answer-from-state.ts'
import { engineEnvironment } from './environment.ts'
import { execute } from './execute.ts'
import type { StopEscalation } from './stop-process.ts'

/** The executable that takes the `pulumi` CLI's arguments, and what goes before them. */
export interface EngineExecutable {
  readonly kind: 'pulumi' | 'sandbox'
  /** An absolute path. */
  readonly executable: string
  readonly args: readonly string[]
  /** What it answers to `version`, for instance `v3.260.0`. */
  readonly version: string
  /** Where its resource plugins are installed, if not in the data directory. */
  readonly plugins?: string
}

export interface EngineCommandContext {
  readonly engine: EngineExecutable
  readonly stateUrl: string
  readonly keyCache: SecretsKeyCache
  readonly escalation: StopEscalation
  readonly signal: AbortSignal
  readonly onEngineStarted: (engine: EngineProcess) => Promise<void>
  /** An engine is about to be started: its first words (`up`, `stack init`). */
  readonly onStart: (command: string) => void
  readonly onFallback: (error: unknown) => void
}

/** Answers a command from the state files, or starts an engine for it. */
export async function runCommand (request: CommandRequest, context: EngineCommandContext): Promise<CommandOutcome> {
  const answer = await answerFromState(request.args, context)
  if (answer !== undefined) return answer
  context.signal.throwIfAborted()
  context.onStart(commandName(request.args))
  const outcome = await execute({
    executable: context.engine.executable,
    args: [...context.engine.args, ...withoutPrompts(request.args)],
    cwd: request.cwd,
    env: environmentFor(context.engine, request.env),
    signal: context.signal,
    escalation: context.escalation,
    onStarted: context.onEngineStarted
  })
  const hidden = withoutPassword(context.stateUrl)
  return { ...outcome, stdout: hidden(outcome.stdout), stderr: hidden(outcome.stderr) }
}

/** An engine that cannot reach its backend prints the URL it was given, which may hold a password. */
function withoutPassword (stateUrl: string): (text: string) => string {
  const { password = '' } = URL.parse(stateUrl) ?? {}
  if (password === '') return (text) => text
  return (text) =>
    [password, decodeURIComponent(password)].reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text)
}

/** `stack init`, `up`: the words before the first option, at most two, without the stack's name. */
function commandName (args: readonly string[]): string {
  return args[0] === 'stack' ? `stack ${args[1] ?? ''}` : args[0] ?? ''
}

/** A question would wait for ever. */
const withoutPrompts = (args: readonly string[]): string[] =>
  args.includes('--non-interactive') ? [...args] : [...args, '--non-interactive']

function environmentFor (engine: EngineExecutable, additions: Record<string, string>): Record<string, string> {
  const env = engineEnvironment({ ...additions, PULUMI_AUTOMATION_API: 'true' })
  // The plugins that come with the CLI lie beside it.
  const path = engine.kind === 'pulumi' ? [dirname(engine.executable), env.PATH ?? ''].join(delimiter) : env.PATH ?? ''
  return { ...env, PATH: path }
}
