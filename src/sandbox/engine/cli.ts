import process from 'node:process'
import { parseArguments } from './args.ts'
import type { Command, CommandContext } from './commands/command.ts'
import { commands } from './commands/index.ts'
import { readEnvironment } from './environment.ts'
import { EngineError, exitCodes, messageOf } from './errors.ts'
import { processOutput } from './output.ts'

/** Finds the command with the most words that the arguments begin with; global flags may stand in front of none. */
function findCommand (argv: readonly string[]): Command {
  const words = argv.filter((word) => !word.startsWith('-'))
  const found = commands.find((command) =>
    command.words.every((word, index) => words[index] === word && argv[index] === word)
  )
  if (found) return found
  const name = words.slice(0, words[0] === 'stack' ? 2 : 1).join(' ')
  throw new EngineError(`unknown command "${name}" for the sandbox engine`)
}

const onSignal: CommandContext['onSignal'] = (listener) => {
  const interrupted = (): void => listener('SIGINT')
  const terminated = (): void => listener('SIGTERM')
  process.on('SIGINT', interrupted).on('SIGTERM', terminated)
  return () => { process.off('SIGINT', interrupted).off('SIGTERM', terminated) }
}

/** Runs one command line. @returns the exit code */
export async function runCommandLine (argv: readonly string[]): Promise<number> {
  try {
    const command = findCommand(argv)
    const args = parseArguments(argv.slice(command.words.length), command.shape)
    const environment = readEnvironment()
    const [unsupported] = environment.unsupported
    if (unsupported !== undefined) throw new EngineError(`the sandbox engine does not implement ${unsupported}`)
    const { run } = await command.load()
    return await run({ args, environment, output: processOutput, directory: process.cwd(), onSignal })
  } catch (error) {
    const text =
      error instanceof EngineError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : messageOf(error)
    processOutput.err(`error: ${text}\n`)
    return error instanceof EngineError ? error.exitCode : exitCodes.failed
  }
}
