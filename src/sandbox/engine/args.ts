import { EngineError } from './errors.ts'

/** What follows a flag: nothing, one value, or one value each time it is repeated. */
export type FlagKind = 'switch' | 'value'

export interface CommandShape {
  /** How many arguments without a flag the command takes at most. */
  positionals: number
  flags: Record<string, FlagKind>
}

export interface Arguments {
  positionals: string[]
  flags: Map<string, string>
}

/**
 * Flags of every command. `--non-interactive` and `--color` change nothing here: this engine never asks and never
 * colours.
 */
const globalFlags: Record<string, FlagKind> = { 'non-interactive': 'switch', color: 'value' }

const shortFlags: Record<string, string> = {
  '-s': '--stack',
  '-y': '--yes',
  '-j': '--json',
  '-m': '--message',
  '-p': '--parallel',
  '-f': '--force'
}

const booleans: Record<string, string> = { true: 'true', false: 'false', 1: 'true', 0: 'false' }

/**
 * Reads the arguments of one command in the CLI's grammar (`--flag value`, `--flag=value`, `--switch`,
 * `--switch=false`).
 * @throws EngineError naming the first flag or argument the command does not take
 */
export function parseArguments (argv: readonly string[], shape: CommandShape): Arguments {
  const flags = new Map<string, string>()
  const positionals: string[] = []
  const rest = [...argv]
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    if (!next.startsWith('-')) {
      positionals.push(next)
      continue
    }
    const [name, value] = readFlag(shortFlags[next] ?? next, rest, { ...globalFlags, ...shape.flags })
    flags.set(name, value)
  }
  if (positionals.length > shape.positionals) {
    throw new EngineError(`unexpected argument: ${positionals[shape.positionals]}`)
  }
  return { positionals, flags }
}

function readFlag (text: string, rest: string[], kinds: Record<string, FlagKind>): [string, string] {
  const equals = text.indexOf('=')
  const name = text.slice(2, equals < 0 ? undefined : equals)
  const inline = equals < 0 ? undefined : text.slice(equals + 1)
  const kind = text.startsWith('--') ? kinds[name] : undefined
  if (kind === undefined) throw new EngineError(`unknown flag: ${text.slice(0, equals < 0 ? undefined : equals)}`)
  if (kind === 'switch') {
    const value = booleans[inline ?? 'true']
    if (value === undefined) throw new EngineError(`invalid argument "${inline}" for "--${name}" flag`)
    return [name, value]
  }
  const value = inline ?? rest.shift()
  if (value === undefined) throw new EngineError(`flag needs an argument: --${name}`)
  return [name, value]
}

export const isOn = (args: Arguments, flag: string): boolean => args.flags.get(flag) === 'true'
