import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createBatchyardClient,
  followOperation,
  type BatchyardClient,
  type Environment,
  type Operation
} from '../../client/index.ts'
import { registerCleanup } from '../../scripts/cleanup.ts'
import { startServer, type Server } from '../../scripts/server-process.ts'
import { attachSandboxCloud } from '../../src/sandbox/aws/client.ts'
import { resolveSpec } from '../../src/spec/resolve.ts'
import type { EnvironmentInput } from '../../src/stacks/input.ts'
import type { Database } from '../../src/store/database/database.ts'
import { openDatabase, type DatabaseOptions } from '../../src/store/database/open-database.ts'
import { createIds } from '../../src/store/ids.ts'
import { installCountedEngine, type CountedEngine } from './counted-engine.ts'
import { startProgram, type ProgramProcess } from './program-process.ts'

/**
 * A service as `npm start` runs it, in a folder of its own, and what the programs it is compared with need to run in
 * the same cloud.
 */
export interface BenchSetup {
  readonly base: string
  /** The service's own; removed with the setup. */
  readonly dataDir: string
  /** As the options say. */
  readonly databaseUrl: string | undefined
  readonly client: BatchyardClient
  readonly engine: CountedEngine
  /** A key of the team whose environments are made here. */
  readonly teamKey: string
  /** Starts a comparison program with its own state, on the same engine and in the same cloud. */
  startComparison (name: string): Promise<ProgramProcess>
  /** Stops `process` when the setup ends. */
  stopAtEnd (process: ProgramProcess): ProgramProcess
  /** Has the service collect all of its garbage soon. */
  collectGarbage (): void
  /** Stops the service, lends its database and starts it again at the same address. */
  whileStopped (use: (database: Database) => Promise<void>): Promise<void>
}

export interface BenchSetupOptions {
  readonly engine: 'sandbox' | 'pulumi'
  /** A Postgres server's database instead of PGlite. */
  readonly databaseUrl?: string | undefined
  /** Wall-clock seconds per AWS second (0: at once). */
  readonly speed?: number
  /** Operations the service runs at once. */
  readonly concurrency?: number
}

const COLLECTOR = new URL('./collect-on-signal.ts', import.meta.url).href
const ADMIN_KEY = 'bench-admin-key-of-one-run'
const TEAM = 'vision'
const PLACEMENT = { region: 'eu-central-1' }
const ids = createIds()

/** Starts a setup, passes it to `use`, then stops and removes all of it. */
export async function withBenchSetup<T> (
  options: BenchSetupOptions,
  use: (setup: BenchSetup) => Promise<T>
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'batchyard-bench-'))
  const removeFolder = registerCleanup(async () => rm(folder, { recursive: true, force: true }))
  const cleanups = [removeFolder]
  try {
    return await use(await startBenchSetup(options, folder, cleanups))
  } finally {
    for (const end of cleanups.toReversed()) await end()
  }
}

async function startBenchSetup (
  options: BenchSetupOptions,
  folder: string,
  cleanups: Array<() => Promise<void>>
): Promise<BenchSetup> {
  const { engine: kind, databaseUrl, speed = 0 } = options
  const engine = await installCountedEngine(folder, kind)
  const dataDir = join(folder, 'service')
  const start = async (port: string): Promise<Server> =>
    startServer({ speed, dataDir, settings: { ...settingsFor(engine, options), BATCHYARD_PORT: port } })
  let server = await start('0')
  cleanups.push(async () => server.stop())
  const { base } = server
  const cloud = await attachSandboxCloud({ dataDir, speed })
  cleanups.push(registerCleanup(async () => cloud.release()))
  const { grpcPort } = await cloud.ensure()
  const client = createBatchyardClient(base, ADMIN_KEY)
  const stopAtEnd = (program: ProgramProcess): ProgramProcess => {
    cleanups.push(async () => program.stop())
    return program
  }
  return {
    base,
    dataDir,
    databaseUrl,
    client,
    engine,
    teamKey: await addTeam(client),
    stopAtEnd,
    collectGarbage: () => {
      server.process.kill('SIGUSR2')
    },
    startComparison: async (name) =>
      stopAtEnd(await startProgram(name, { env: await comparisonEnvironment(join(folder, name), engine, grpcPort) })),
    async whileStopped (use) {
      await server.stop()
      await withDatabase({ url: databaseUrl, dataDir }, use)
      server = await start(new URL(base).port)
    }
  }
}

async function withDatabase (
  options: Omit<DatabaseOptions, 'log'>,
  use: (database: Database) => Promise<void>
): Promise<void> {
  const database = await openDatabase({ ...options, log: { info () {}, warn: console.error, error: console.error } })
  try {
    await use(database)
  } finally {
    await database.close()
  }
}

const settingsFor = ({ root }: CountedEngine, { databaseUrl = '', concurrency = 4 }: BenchSetupOptions) => ({
  BATCHYARD_ENGINE: 'pulumi',
  BATCHYARD_PULUMI_ROOT: root,
  BATCHYARD_ADMIN_KEY: ADMIN_KEY,
  BATCHYARD_CLOUD: 'sandbox',
  BATCHYARD_WORKER_CONCURRENCY: String(concurrency),
  DATABASE_URL: databaseUrl,
  NODE_OPTIONS: `--import ${COLLECTOR}`
})

async function addTeam (client: BatchyardClient): Promise<string> {
  const { error } = await client.PUT('/teams/{team}', {
    params: { path: { team: TEAM } },
    body: { placement: PLACEMENT }
  })
  if (error) throw new Error(`the team was refused: ${error.detail}`)
  const { data } = await client.POST('/keys', { body: { scope: 'team', team: TEAM, name: 'bench' } })
  if (!data) throw new Error('no key was made')
  return data.token
}

/**
 * What whoever runs Pulumi by themselves would set: where the state is, the passphrase, and here also the simulated
 * cloud.
 */
async function comparisonEnvironment (
  folder: string,
  engine: CountedEngine,
  grpcPort: number
): Promise<Record<string, string>> {
  const state = join(folder, 'state')
  await Promise.all([mkdir(state, { recursive: true }), mkdir(join(folder, 'tmp'), { recursive: true })])
  return {
    PATH: [join(engine.root, 'bin'), process.env.PATH ?? ''].join(delimiter),
    TMPDIR: join(folder, 'tmp'),
    PULUMI_HOME: join(folder, 'home'),
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    PULUMI_CONFIG_PASSPHRASE: 'of-one-run',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_DEBUG_PROVIDERS: `aws:${grpcPort}`
  }
}

export const bearer = ({ teamKey }: BenchSetup): Record<string, string> => ({ authorization: `Bearer ${teamKey}` })

const newSpec = (id: string) => ({
  team: TEAM, name: `e-${id.slice(-26)}`, jobs: { default: { image: 'public.ecr.aws/docker/library/python:3.13' } }
})

/** What the program gets for the spec the service is given. */
export function comparisonInput (): EnvironmentInput {
  const id = ids.environment()
  const spec = newSpec(id)
  return { id, team: TEAM, name: spec.name, spec: resolveSpec(spec, PLACEMENT), placement: PLACEMENT }
}

/** Posts the smallest spec. */
export async function post ({ client }: BenchSetup): Promise<Environment & { operation: Operation }> {
  const { data, error } = await client.POST('/environments', { body: newSpec(ids.environment()) })
  if (!data?.operation) throw new Error(`the environment was refused: ${error?.detail}`)
  return { ...data, operation: data.operation }
}

/** Posts the smallest spec and follows the operation to its end. */
export async function create (setup: BenchSetup): Promise<Environment> {
  const environment = await post(setup)
  await ended(setup.client, environment)
  return environment
}

/** Patches the spec and follows the operation to its end. */
export async function update ({ client }: BenchSetup, id: string, patch: Record<string, unknown>): Promise<void> {
  const { data, error } = await client.PATCH('/environments/{id}', { params: { path: { id } }, body: patch })
  if (!data) throw new Error(`the change was refused: ${error.detail}`)
  await ended(client, data)
}

export async function remove ({ client }: BenchSetup, id: string): Promise<void> {
  const { data, error } = await client.DELETE('/environments/{id}', { params: { path: { id } } })
  if (!data) throw new Error(`the delete was refused: ${error.detail}`)
  await ended(client, data)
}

async function ended (client: BatchyardClient, { operation }: Environment): Promise<void> {
  if (!operation) throw new Error('there is no operation to follow')
  let last: string | undefined
  for await (const { event } of followOperation(client, operation.id)) if (event.type === 'state') last = event.state
  if (last !== 'succeeded') throw new Error(`operation ${operation.id} ended ${String(last)}`)
}
