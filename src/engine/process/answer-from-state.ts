import type { SecretsKeyCache } from '../state/secrets.ts'
import { holdsSecret, reveal } from '../translate/secret-values.ts'
import { recordOf } from '../json.ts'
import { readCheckpoint, readLastHistory } from '../state/state-files.ts'
import { stateDirectory, statePaths, type StatePaths } from '../state/state-paths.ts'
import { RunFailure } from '../types.ts'
import type { CommandOutcome } from '../command.ts'

export interface AnswerContext {
  readonly stateUrl: string
  readonly keyCache: SecretsKeyCache
  /** Called when the engine has to answer after all, with the reason. */
  readonly onFallback: (error: unknown) => void
}

/** The exit code with which the CLI says that a stack does not exist. */
const STACK_NOT_FOUND = 6

const done = (value: unknown): CommandOutcome => ({
  code: 0,
  stdout: value === undefined ? '' : `${JSON.stringify(value)}\n`,
  stderr: ''
})

/**
 * Answers the read-only commands that the SDK sends around every run from the state files, as the CLI would: three to
 * five processes fewer per run, about 0.15 s each.
 * @returns `undefined` when the engine must be asked: another command or backend, or anything unexpected in the files.
 * @throws RunFailure (`state-corrupt`)
 */
export async function answerFromState (
  args: readonly string[],
  context: AnswerContext
): Promise<CommandOutcome | undefined> {
  const directory = stateDirectory(context.stateUrl)
  const stack = optionOf(args, '--stack')
  const answer = ANSWERS[args.slice(0, 2).join(' ')]
  if (directory === undefined || stack === undefined || answer === undefined) return undefined
  try {
    return await answer(statePaths(directory, stack), args, context)
  } catch (error) {
    // A damaged state: an engine would guess, or find that there is no such stack.
    if (error instanceof RunFailure) throw error
    context.onFallback(error)
    return undefined
  }
}

function optionOf (args: readonly string[], name: string): string | undefined {
  const index = args.indexOf(name)
  return index < 0 ? undefined : args[index + 1]
}

type Answer = (
  paths: StatePaths,
  args: readonly string[],
  context: AnswerContext
) => Promise<CommandOutcome | undefined>

const ANSWERS: Record<string, Answer> = {
  'stack select': async (paths, args) => {
    if (await readCheckpoint(paths) !== undefined) return done(undefined)
    const stderr = `error: no stack named '${optionOf(args, '--stack') ?? ''}' found\n`
    return { code: STACK_NOT_FOUND, stdout: '', stderr }
  },

  'stack output': async (paths, args, { keyCache }) => {
    const checkpoint = await readCheckpoint(paths)
    if (checkpoint === undefined) return undefined
    const outputs = checkpoint.resources.find((resource) => resource.type === 'pulumi:pulumi:Stack')?.outputs ?? {}
    if (!args.includes('--show-secrets') || !holdsSecret(outputs)) return done(reveal(outputs))
    if (checkpoint.salt === undefined) return undefined
    return done(reveal(outputs, await keyCache.unlock(checkpoint.salt)))
  },

  'stack history': async (paths, args) => {
    if (optionOf(args, '--page-size') !== '1' || optionOf(args, '--page') !== '1' || !args.includes('--json')) {
      return undefined
    }
    const entry = await readLastHistory(paths)
    if (entry === undefined) return done([])
    const { startTime, endTime, config, ...rest } = entry
    return done([
      { ...rest, version: 0, config: plainConfig(config), startTime: isoTime(startTime), endTime: isoTime(endTime) }
    ])
  }
}

/**
 * Our stacks are configured with plain texts and lists only; anything else, a secret above all, the engine must print.
 */
function plainConfig (config: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(recordOf(config)).map(([name, value]) => {
    if (typeof value === 'string') return [name, { value, secret: false }]
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      throw new Error(`${name} is configured with an object`)
    }
    return [name, { value: JSON.stringify(value), objectValue: value, secret: false }]
  }))
}

/** History files count seconds since 1970. */
function isoTime (seconds: unknown): string {
  if (typeof seconds !== 'number') throw new Error('a time that is no number')
  return new Date(seconds * 1000).toISOString()
}
