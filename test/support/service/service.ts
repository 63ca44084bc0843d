import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { inject } from 'vitest'
import {
  createBatchyardClient,
  followOperation,
  type BatchyardClient,
  type Environment,
  type Operation,
  type OperationEvent
} from '../../../client/index.ts'
import { loadConfig } from '../../../src/config.ts'
import { startBatchyardServer, type BatchyardServer } from '../../../src/server/batchyard-server.ts'
import { shareCompileCache } from './compile-cache.ts'
import { createDatabase } from '../database/postgres.ts'

export const SPEC = {
  team: 'vision',
  name: 'training',
  jobs: { default: { image: 'public.ecr.aws/docker/library/python:3.13' } }
}

export interface TestService {
  readonly service: BatchyardServer
  readonly base: string
  readonly client: BatchyardClient
  readonly dataDir: string
  /** Every line logged so far, parsed. */
  readonly log: Array<Record<string, unknown>>
}

export interface TestServiceOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Kept afterwards where it is given. */
  readonly dataDir?: string
}

/**
 * Starts a whole service on a free port, in a folder of its own, at speed 0, on the engine BATCHYARD_ENGINE names or
 * the sandbox engine, and stops it at the end.
 */
export async function withService (
  use: (service: TestService) => Promise<void>,
  options: TestServiceOptions = {}
): Promise<void> {
  await withDataDir(async (dataDir) => {
    const started = await launch(dataDir, options)
    try {
      await use(started)
    } finally {
      await started.service.stop()
    }
  }, options.dataDir)
}

/** Starts a service, with a database of the project's Postgres server where it has one; the caller stops it. */
export async function launch (dataDir: string, { settings = {} }: TestServiceOptions = {}): Promise<TestService> {
  const { PATH, BATCHYARD_ENGINE = 'sandbox', BATCHYARD_PULUMI_ROOT } = process.env
  const log: Array<Record<string, unknown>> = []
  const sink = new Writable({
    write (line: Buffer, _encoding, done) {
      log.push(JSON.parse(line.toString()) as Record<string, unknown>)
      done()
    }
  })
  const postgres = inject('postgresUrl')
  const database = postgres === undefined ? {} : { DATABASE_URL: await createDatabase(postgres) }
  const config = loadConfig({
    ...database,
    PATH,
    BATCHYARD_ENGINE,
    BATCHYARD_PULUMI_ROOT,
    BATCHYARD_DATA: dataDir,
    BATCHYARD_PORT: '0',
    BATCHYARD_SANDBOX_SPEED: '0',
    BATCHYARD_WORKER_CONCURRENCY: '2',
    ...settings
  })
  const service = await startBatchyardServer(config, pino({ level: 'info' }, sink))
  const key = settings.BATCHYARD_ADMIN_KEY
  return { service, base: service.address, client: createBatchyardClient(service.address, key), dataDir, log }
}

/** A folder for a service, in which an embedded database lies ready. */
export async function newDataDir (): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-test-'))
  await shareCompileCache(dataDir)
  const template = inject('databaseTemplate')
  if (template !== undefined) await cp(template, join(dataDir, 'database'), { recursive: true })
  return dataDir
}

/** A folder that is removed at the end, unless it was given. */
export async function withDataDir (use: (dataDir: string) => Promise<void>, given?: string): Promise<void> {
  const dataDir = given ?? await newDataDir()
  try {
    await use(dataDir)
  } finally {
    if (given === undefined) await rm(dataDir, { recursive: true, force: true })
  }
}

/** Posts a spec and answers the environment; fails the test where it is refused. */
export async function post (
  client: BatchyardClient,
  spec: object = SPEC
): Promise<Environment & { operation: Operation }> {
  const { data, error } = await client.POST('/environments', { body: spec as typeof SPEC })
  if (!data?.operation) throw new Error(`refused: ${JSON.stringify(error)}`)
  return { ...data, operation: data.operation }
}

export async function remove (client: BatchyardClient, id: string): Promise<Environment & { operation: Operation }> {
  const { data, error } = await client.DELETE('/environments/{id}', { params: { path: { id } } })
  if (!data?.operation) throw new Error(`refused: ${JSON.stringify(error)}`)
  return { ...data, operation: data.operation }
}

/** Follows an operation to its end; answers it and its events. */
export async function ended (
  client: BatchyardClient,
  { id }: { id: string }
): Promise<{ operation: Operation, events: OperationEvent[] }> {
  const events: OperationEvent[] = []
  for await (const event of followOperation(client, id)) events.push(event)
  const { data } = await client.GET('/operations/{id}', { params: { path: { id } } })
  if (!data) throw new Error(`operation ${id} is gone`)
  return { operation: data, events }
}

export async function environment (client: BatchyardClient, id: string): Promise<Environment> {
  const { data } = await client.GET('/environments/{id}', { params: { path: { id } } })
  if (!data) throw new Error(`environment ${id} is gone`)
  return data
}

/** What exists in the simulated accounts. */
export async function resources (client: BatchyardClient) {
  const { data } = await client.GET('/sandbox/resources', {})
  if (!data) throw new Error('the simulated account does not answer')
  return data.items
}
