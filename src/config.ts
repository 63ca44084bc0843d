import { isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Value } from 'typebox/value'
import { SETTINGS, type Settings } from './settings.ts'

/** An engine that ignores its interruption gets SIGTERM, and SIGKILL 20 s later; the rest is for a busy machine. */
const FORCED_STOP_SECONDS = 60
/** Longer than an operation's lease: operations survive a restart of the database. */
const MIN_DATABASE_OUTAGE_SECONDS = 60

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
  /** After so long without an answer from the database a worker aborts what it runs. */
  readonly databaseOutageSeconds: number
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

/** All wrong settings at once, one per line. */
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
 * @throws ConfigError naming every wrong setting, also unknown names that begin with BATCHYARD_: a misspelt setting
 *   must not be ignored
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
    const allowed = 'allowedValues' in error.params ? ` (${String(error.params.allowedValues)})` : ''
    return `${error.instancePath.slice(1)}: ${error.message}${allowed}`
  })
}

/** Settings that contradict each other. */
function contradictions (settings: Settings): string[] {
  const { BATCHYARD_ROLE: role, DATABASE_URL: url, BATCHYARD_INTERRUPT_SECONDS: interruptSeconds } = settings
  const least = interruptSeconds + FORCED_STOP_SECONDS + MIN_DATABASE_OUTAGE_SECONDS
  return [
    ...(role !== 'all' && url === undefined
      ? [`DATABASE_URL: must be set when BATCHYARD_ROLE is ${role}: the embedded database serves one process only`]
      : []),
    ...(settings.BATCHYARD_HOST_GONE_SECONDS < least
      ? [
          `BATCHYARD_HOST_GONE_SECONDS: must be ${least} or more, ` +
            `as BATCHYARD_INTERRUPT_SECONDS is ${interruptSeconds}`
        ]
      : [])
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
    databaseOutageSeconds:
      settings.BATCHYARD_HOST_GONE_SECONDS - settings.BATCHYARD_INTERRUPT_SECONDS - FORCED_STOP_SECONDS,
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
