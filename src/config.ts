import { isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'

const oneOf = <const T extends readonly string[]>(values: T, options: object) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options })
const text = (options: object) => Type.String({ minLength: 1, ...options })

/** Every setting, its default and its meaning. The table in docs/settings.md is generated from this. */
export const SETTINGS = Type.Object({
  BATCHYARD_HOST: text({ default: '127.0.0.1', description: 'Address to listen on' }),
  BATCHYARD_PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Port to listen on; `0` takes a free one, the log line `listening` says which' }),
  BATCHYARD_DATA: text({ default: './data', description: 'Folder of the database, state, work directories and the sandbox\'s world' }),
  BATCHYARD_CLOUD: Type.Optional(oneOf(['sandbox', 'aws'], { description: '`sandbox` (simulated) or `aws`. Default `sandbox`; with `NODE_ENV=production` it must be set' })),
  BATCHYARD_ENGINE: oneOf(['auto', 'pulumi', 'sandbox'], { default: 'auto', description: '`pulumi` (the real CLI), `sandbox` (simulated), or `auto`: the real CLI if it is found' }),
  BATCHYARD_PULUMI_ROOT: Type.Optional(text({ description: 'Folder whose `bin/pulumi` is the engine; else PATH is searched' })),
  BATCHYARD_ROLE: oneOf(['all', 'api', 'worker'], { default: 'all', description: '`api` answers requests, `worker` runs operations (and answers probes and `/metrics` only), `all` does both. `api` and `worker` need `DATABASE_URL`' }),
  BATCHYARD_SANDBOX_SPEED: Type.Number({ default: 0.1, minimum: 0, maximum: 10, description: 'Factor on the simulated durations: `0` at once, `1` as long as AWS takes' }),
  BATCHYARD_WORKER_CONCURRENCY: Type.Integer({ default: 4, minimum: 1, maximum: 64, description: 'Operations a worker runs at once, as far as its memory allows' }),
  BATCHYARD_WORKER_MEMORY_MIB: Type.Optional(Type.Integer({ minimum: 512, maximum: 16777216, description: 'Memory for a worker and all it starts, MiB; it runs no more operations at once than fit (about 310 each in the sandbox, 740 on AWS). Default: what the container may use, or the machine has' })),
  BATCHYARD_TEAM_CONCURRENCY: Type.Integer({ default: 0, minimum: 0, maximum: 10000, description: 'Changes of one team\'s environments that run at once, on all workers together; `0`: no limit. Previews and drift checks are not held up by it. The same on every worker' }),
  BATCHYARD_HOST_GONE_SECONDS: Type.Integer({ default: 600, minimum: 121, maximum: 86400, description: 'Seconds after which a host whose workers are silent counts as gone, and its operations go to other hosts. Exceeds `BATCHYARD_INTERRUPT_SECONDS` by 120 or more: by then a worker without its database has ended its engines. The same on every worker' }),
  BATCHYARD_OPERATION_DEADLINE_SECONDS: Type.Integer({ default: 3600, minimum: 10, maximum: 43200, description: 'Seconds after which a run is ended by force' }),
  BATCHYARD_RETRY_LIMIT: Type.Integer({ default: 5, minimum: 0, maximum: 20, description: 'How often a worker tries an operation again that failed for a passing reason: throttling, a role not visible yet, a resource still in use' }),
  BATCHYARD_RETRY_SECONDS: Type.Number({ default: 8, minimum: 0, maximum: 600, description: 'About how long it waits before the first of these tries; doubled each time up to 120, plus or minus half' }),
  BATCHYARD_EVENT_DAYS: Type.Integer({ default: 30, minimum: 1, maximum: 3650, description: 'Days for which the events of an operation that ended can be read, and previews and drift checks altogether' }),
  BATCHYARD_DELETED_DAYS: Type.Integer({ default: 90, minimum: 1, maximum: 3650, description: 'Days for which a deleted environment and its operations can be read' }),
  BATCHYARD_RUNNER_MEMORY_MIB: Type.Integer({ default: 512, minimum: 128, maximum: 16384, description: 'Heap limit of a runner, MiB' }),
  BATCHYARD_RUNNER_RUNS: Type.Integer({ default: 25, minimum: 1, maximum: 10000, description: 'Runs after which a runner is replaced' }),
  BATCHYARD_STOP_SECONDS: Type.Integer({ default: 25, minimum: 1, maximum: 3600, description: 'Seconds a stop waits for running engines to finish what they have in flight' }),
  BATCHYARD_INTERRUPT_SECONDS: Type.Integer({ default: 180, minimum: 1, maximum: 3600, description: 'Seconds an engine that is asked to stop has for the calls it has in flight, before it is told to terminate; AWS takes up to 120 to delete a queue or compute environment' }),
  BATCHYARD_STATE_URL: Type.Optional(text({ pattern: '^(file|s3|postgres)://', description: 'Pulumi state backend. Default: a folder under `BATCHYARD_DATA`' })),
  BATCHYARD_PASSPHRASE_FILE: Type.Optional(text({ description: 'File with the passphrase of the state\'s secrets; made with mode 0600 under `BATCHYARD_DATA` if unset' })),
  BATCHYARD_ADMIN_KEY: Type.Optional(Type.String({ minLength: 24, maxLength: 256, pattern: '^[A-Za-z0-9_.~+/=-]+$', description: 'First admin key, 24 characters or more. Without any key the service starts only in the sandbox on a loopback address' })),
  DATABASE_URL: Type.Optional(text({ pattern: '^postgres(ql)?://', description: 'Postgres 15 or later. Default: an embedded database under `BATCHYARD_DATA`' })),
  BATCHYARD_LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], { default: 'info', description: 'Least level that is logged' })
})
type Settings = Static<typeof SETTINGS>

/** An engine that was interrupted in vain is told to terminate, and killed 20 s later; the rest is for a busy machine. */
const ENDING_SECONDS = 60
/** Longer than an operation's lease: a database that was only restarted must not end what runs. */
const LEAST_PATIENCE_SECONDS = 60

export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly cloud: 'sandbox' | 'aws'
  readonly engine: 'auto' | 'pulumi' | 'sandbox'
  readonly pulumiRoot: string | undefined
  readonly role: 'all' | 'api' | 'worker'
  /** Where executables are searched, as PATH has it. */
  readonly path: string
  readonly sandboxSpeed: number
  readonly concurrency: number
  /** Undefined: whatever the machine or container has. */
  readonly workerMemoryMiB: number | undefined
  /** 0: no limit. */
  readonly teamConcurrency: number
  readonly hostGoneSeconds: number
  /** Without a word from the database for so long a worker breaks off what it runs. */
  readonly patienceSeconds: number
  readonly deadlineSeconds: number
  readonly eventDays: number
  readonly deletedDays: number
  readonly retryLimit: number
  readonly retrySeconds: number
  readonly runnerMemoryMiB: number
  readonly runnerRuns: number
  readonly stopSeconds: number
  readonly interruptSeconds: number
  readonly stateUrl: string
  readonly passphraseFile: string
  readonly adminKey: string | undefined
  readonly databaseUrl: string | undefined
  readonly logLevel: Settings['BATCHYARD_LOG_LEVEL']
  /** Whether only this machine can reach the service. */
  readonly loopback: boolean
}

/** All wrong settings at once, a line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor (problems: readonly string[]) {
    super(`wrong settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads and checks the environment once.
 * @throws ConfigError naming every wrong setting, also an unknown name beginning with BATCHYARD_ (a misspelt one would else be ignored in silence)
 */
export function loadConfig (environment: Environment = process.env): Config {
  const known = Object.keys(SETTINGS.properties)
  const given = Object.fromEntries(known.flatMap((name) => environment[name] ? [[name, environment[name]]] : []))
  const settings = Value.Default(SETTINGS, Value.Convert(SETTINGS, given))
  const problems = [...wrongValues(settings), ...unknownNames(environment, known)]
  if (Value.Check(SETTINGS, settings)) problems.push(...contradictions(settings))
  if (environment.NODE_ENV === 'production' && !environment.BATCHYARD_CLOUD) {
    problems.push('BATCHYARD_CLOUD: must be set when NODE_ENV is production: `aws`, or `sandbox` on purpose')
  }
  if (problems.length > 0 || !Value.Check(SETTINGS, settings)) throw new ConfigError(problems)
  return Object.freeze(toConfig(settings, environment.PATH ?? ''))
}

function wrongValues (settings: unknown): string[] {
  return Value.Errors(SETTINGS, settings).map((error) => {
    const name = error.instancePath.slice(1)
    return `${name}: ${error.message}${'allowedValues' in error.params ? ` (${String(error.params.allowedValues)})` : ''}`
  })
}

/** What is wrong only together. */
function contradictions ({ BATCHYARD_ROLE: role, DATABASE_URL: url, ...settings }: Settings): string[] {
  const least = settings.BATCHYARD_INTERRUPT_SECONDS + ENDING_SECONDS + LEAST_PATIENCE_SECONDS
  return [
    ...(role !== 'all' && url === undefined ? [`DATABASE_URL: must be set when BATCHYARD_ROLE is ${role}: the embedded database serves one process only`] : []),
    ...(settings.BATCHYARD_HOST_GONE_SECONDS < least ? [`BATCHYARD_HOST_GONE_SECONDS: must be ${least} or more, as BATCHYARD_INTERRUPT_SECONDS is ${settings.BATCHYARD_INTERRUPT_SECONDS}`] : [])
  ]
}

function unknownNames (environment: Environment, known: readonly string[]): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('BATCHYARD_') && !known.includes(name))
    .map((name) => `${name}: there is no such setting`)
}

function toConfig (settings: Settings, path: string): Config {
  const dataDir = resolve(settings.BATCHYARD_DATA)
  return {
    host: settings.BATCHYARD_HOST,
    port: settings.BATCHYARD_PORT,
    dataDir,
    cloud: settings.BATCHYARD_CLOUD ?? 'sandbox',
    engine: settings.BATCHYARD_ENGINE,
    pulumiRoot: settings.BATCHYARD_PULUMI_ROOT,
    role: settings.BATCHYARD_ROLE,
    path,
    sandboxSpeed: settings.BATCHYARD_SANDBOX_SPEED,
    concurrency: settings.BATCHYARD_WORKER_CONCURRENCY,
    workerMemoryMiB: settings.BATCHYARD_WORKER_MEMORY_MIB,
    teamConcurrency: settings.BATCHYARD_TEAM_CONCURRENCY,
    hostGoneSeconds: settings.BATCHYARD_HOST_GONE_SECONDS,
    patienceSeconds: settings.BATCHYARD_HOST_GONE_SECONDS - settings.BATCHYARD_INTERRUPT_SECONDS - ENDING_SECONDS,
    deadlineSeconds: settings.BATCHYARD_OPERATION_DEADLINE_SECONDS,
    eventDays: settings.BATCHYARD_EVENT_DAYS,
    deletedDays: settings.BATCHYARD_DELETED_DAYS,
    retryLimit: settings.BATCHYARD_RETRY_LIMIT,
    retrySeconds: settings.BATCHYARD_RETRY_SECONDS,
    runnerMemoryMiB: settings.BATCHYARD_RUNNER_MEMORY_MIB,
    runnerRuns: settings.BATCHYARD_RUNNER_RUNS,
    stopSeconds: settings.BATCHYARD_STOP_SECONDS,
    interruptSeconds: settings.BATCHYARD_INTERRUPT_SECONDS,
    stateUrl: settings.BATCHYARD_STATE_URL ?? pathToFileURL(resolve(dataDir, 'state')).href,
    passphraseFile: resolve(settings.BATCHYARD_PASSPHRASE_FILE ?? resolve(dataDir, 'passphrase')),
    adminKey: settings.BATCHYARD_ADMIN_KEY,
    databaseUrl: settings.DATABASE_URL,
    logLevel: settings.BATCHYARD_LOG_LEVEL,
    loopback: isLoopback(settings.BATCHYARD_HOST)
  }
}

function isLoopback (host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
