import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { TypeID } from 'typeid-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBatchyardClient, type BatchyardClient, type Environment } from '../../client/index.ts'
import { startServer, type Server } from '../../scripts/server-process.ts'
import { startBalancer, type Balancer } from '../support/http/balancer.ts'
import { leftOver, stateFiles } from '../support/service/data-folder.ts'
import { findPostgres, startPostgres, type PostgresServer } from '../support/database/postgres.ts'
import { SPEC, ended, environment, remove, resources, withDataDir } from '../support/service/service.ts'

/** At this speed a create takes some seconds: long enough to be met in the middle. */
const SLOW = 0.02
const CLOCK = new URL('../support/service/clock.ts', import.meta.url).href
const bin = findPostgres()
if (bin === undefined) {
  console.log('several replicas are not tested: initdb is neither on PATH nor in /usr/lib/postgresql')
}

interface Replica {
  readonly role: 'api' | 'worker' | 'all'
  /** Seconds by which its clock is wrong. */
  readonly clock: number
}

/** Replicas of one installation by their names; each is a process of its own, with a clock of its own. */
class Installation {
  readonly #settings: Readonly<Record<string, string>>
  readonly #dataDir: string
  readonly #balancer: Balancer
  readonly #servers = new Map<Replica, Server>()

  constructor (url: string, dataDir: string, balancer: Balancer) {
    this.#settings = {
      DATABASE_URL: url,
      BATCHYARD_ENGINE: process.env.BATCHYARD_ENGINE ?? 'sandbox',
      BATCHYARD_WORKER_CONCURRENCY: '2'
    }
    this.#dataDir = dataDir
    this.#balancer = balancer
  }

  async start (replica: Replica): Promise<Server> {
    const settings = {
      ...this.#settings,
      BATCHYARD_ROLE: replica.role,
      NODE_OPTIONS: `--import=${CLOCK}#${replica.clock}`
    }
    const server = await startServer({ speed: SLOW, dataDir: this.#dataDir, settings })
    this.#servers.set(replica, server)
    if (replica.role !== 'worker') this.#balancer.backends.push(server.base)
    return server
  }

  /** What its exit says. */
  async end (replica: Replica, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const server = this.#servers.get(replica)
    if (!server) throw new Error('it does not run')
    this.#servers.delete(replica)
    const exited = once(server.process, 'exit') as Promise<[number | null]>
    server.process.kill(signal)
    const [code] = await exited
    const place = this.#balancer.backends.indexOf(server.base)
    if (place >= 0) this.#balancer.backends.splice(place, 1)
    return code
  }

  async endAll (): Promise<void> {
    await Promise.all([...this.#servers.keys()].map(async (replica) => this.end(replica, 'SIGTERM')))
  }
}

describe.skipIf(bin === undefined)('Three replicas, their clocks up to a minute apart', () => {
  let postgres: PostgresServer
  beforeAll(async () => { postgres = await startPostgres(bin ?? '') })
  afterAll(async () => { await postgres.stop() })

  async function withInstallation (
    use: (parts: {
      installation: Installation
      balancer: Balancer
      client: BatchyardClient
      dataDir: string
    }) => Promise<void>
  ): Promise<void> {
    await withDataDir(async (dataDir) => {
      const balancer = await startBalancer()
      const installation = new Installation(await postgres.createDatabase(), dataDir, balancer)
      try {
        await use({ installation, balancer, client: createBatchyardClient(balancer.base), dataDir })
      } finally {
        await installation.endAll()
        await balancer.close()
      }
    })
  }

  test('begin at once on an empty database, share the work, and lose nothing when any of them is killed', async () => {
    await withInstallation(async ({ installation, client, dataDir }) => {
      const [api, worker, all] = [
        { role: 'api', clock: 30 },
        { role: 'worker', clock: -30 },
        { role: 'all', clock: 0 }
      ] as const
      const [front, back] = await Promise.all([api, worker, all].map(async (replica) => installation.start(replica)))
      await keepsToItsRole(front, back)

      const accepted = await Promise.all(
        Array.from({ length: 6 }, async (_, n) => create(client, { team: `team-${n % 2}`, name: `e-${n}` }))
      )
      while ((await resources(client)).length < 5) await delay(50)
      await installation.end(worker, 'SIGKILL')
      const more = await create(client, { name: 'late' })
      await installation.end(all, 'SIGKILL')
      await Promise.all([worker, all].map(async (replica) => installation.start(replica)))
      await installation.end(api, 'SIGKILL')
      await installation.start(api)

      const ids = [...accepted, more].map(({ id }) => id)
      for (const id of ids) await expectSucceeded(client, id, 'create')
      await onceEach(client, ids)
      await Promise.all(ids.map(async (id) => remove(client, id)))
      for (const id of ids) await expectSucceeded(client, id, 'delete')
      expect(await resources(client)).toEqual([])
      await neverTwoAtOnce(dataDir)
      expect(leftOver(await stateFiles(dataDir)).filter((file) => !file.includes('/history/'))).toEqual([])
    })
  })

  async function keepsToItsRole (front: Server | undefined, back: Server | undefined): Promise<void> {
    expect([await tensOfSecondsOff(front?.base), await tensOfSecondsOff(back?.base)]).toEqual([3, -3])
    expect(await (await fetch(`${front?.base}/readyz`)).json()).toMatchObject({ status: 'ready', role: 'api' })
    expect(await (await fetch(`${back?.base}/readyz`)).json()).toMatchObject({
      status: 'ready',
      role: 'worker',
      engine: { kind: expect.any(String) }
    })
    expect((await fetch(`${back?.base}/environments`)).status).toBe(404)
    expect(await (await fetch(`${front?.base}/metrics`)).text()).toMatch(/^batchyard_worker_slots 0$/m)
    expect(await (await fetch(`${back?.base}/metrics`)).text()).toMatch(/^batchyard_worker_slots 2$/m)
  }

  /** A request's id begins with the time at which the service made it. */
  async function tensOfSecondsOff (base = ''): Promise<number> {
    const id = (await fetch(`${base}/livez`)).headers.get('x-request-id') ?? ''
    const made = Number.parseInt(TypeID.fromString(id).toUUID().replaceAll('-', '').slice(0, 12), 16)
    return Math.round((made - Date.now()) / 10_000)
  }

  test('are replaced one after the other under load without a request that fails', async () => {
    await withInstallation(async ({ installation, balancer, client, dataDir }) => {
      const replicas = [30, -30, 0].map((clock) => ({ role: 'all', clock }) as const)
      await Promise.all(replicas.map(async (replica) => installation.start(replica)))
      const load = startLoad(client)
      for (const replica of replicas) {
        await delay(1_000)
        expect(await installation.end(replica, 'SIGTERM')).toBe(0)
        await installation.start(replica)
      }
      const { ids, reads } = await load.end()
      expect(reads).toBeGreaterThan(10)
      expect(ids.length).toBeGreaterThan(2)
      for (const id of ids) await expectSucceeded(client, id, 'create')
      await onceEach(client, ids)
      expect([...balancer.statuses.keys()].filter((status) => status >= 500 && status !== 503)).toEqual([])
      await neverTwoAtOnce(dataDir)
    })
  })
})

/** Sends as a client of a load balancer does: again after a 503 or a broken connection, with the same key. */
async function sent<T extends { response: Response }> (send: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await send().catch(() => undefined)
    if (answer && answer.response.status !== 503) return answer
    if (answer) expect(answer.response.headers.get('retry-after')).toMatch(/^[0-9]+$/)
    await delay(200)
  }
}

async function create (client: BatchyardClient, values: { team?: string, name: string }): Promise<Environment> {
  const key = randomUUID()
  const { data, error } = await sent(async () =>
    client.POST('/environments', { body: { ...SPEC, ...values }, headers: { 'idempotency-key': `"${key}"` } })
  )
  if (!data) throw new Error(`refused: ${JSON.stringify(error)}`)
  return data
}

/** Creates an environment now and then, follows and changes the first, and reads without a pause, until it is ended. */
function startLoad (client: BatchyardClient): { end: () => Promise<{ ids: string[], reads: number }> } {
  const ids: string[] = []
  let reads = 0
  const over = new AbortController()
  const until = async (work: () => Promise<void>): Promise<void> => { while (!over.signal.aborted) await work() }
  const working = [
    until(async () => {
      if (ids.length < 8) ids.push((await create(client, { name: `e-${ids.length}` })).id)
      await delay(500)
    }),
    until(async () => {
      const { data, response } = await sent(async () => client.GET('/environments', {}))
      expect(response.status).toBe(200)
      const newest = data?.items[0]
      if (newest?.operation) {
        await sent(async () => client.GET('/operations/{id}', { params: { path: { id: newest.operation?.id ?? '' } } }))
      }
      reads++
      await delay(20)
    }),
    until(async () => {
      const [id] = ids
      if (id !== undefined) {
        const body = { service: { desiredCount: reads % 2 } }
        const { response } = await sent(async () =>
          client.PATCH('/environments/{id}', {
            params: { path: { id } },
            body,
            headers: { 'content-type': 'application/merge-patch+json' }
          })
        )
        expect([200, 202, 409]).toContain(response.status)
      }
      await delay(1_000)
    }),
    until(async () => {
      const id = ids.at(-1)
      const operation =
        id === undefined
          ? undefined
          : (await sent(async () => client.GET('/environments/{id}', { params: { path: { id } } }))).data?.operation
      if (operation) gapless((await ended(client, operation)).events)
      await delay(100)
    })
  ]
  return {
    async end () {
      over.abort()
      await Promise.all(working)
      return { ids, reads }
    }
  }
}

function gapless (events: ReadonlyArray<{ id: number }>): void {
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
}

/** Every operation has succeeded, and its events are in order: attempt by attempt, with one end. */
async function expectSucceeded (client: BatchyardClient, id: string, kind: string): Promise<void> {
  const { data } = await client.GET('/environments/{id}/operations', { params: { path: { id } } })
  expect(data?.items.at(kind === 'create' ? -1 : 0)?.kind).toBe(kind)
  for (const each of data?.items ?? []) {
    const { operation, events } = await ended(client, each)
    expect(operation).toMatchObject({ state: 'succeeded' })
    gapless(events)
    const states = events.flatMap(({ event }) => event.type === 'state' ? [event] : [])
    expect(states.filter(({ state }) => state === 'running').map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: operation.attempt }, (_, n) => n + 1)
    )
    expect(states.at(-1)).toMatchObject({ state: 'succeeded', attempt: operation.attempt })
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort())
  }
}

/** Nothing was created twice, and nothing of what was asked for is missing. */
async function onceEach (client: BatchyardClient, ids: readonly string[]): Promise<void> {
  const inCloud = (await resources(client)).map(({ type, name, account }) => `${account} ${type} ${name}`)
  expect(new Set(inCloud).size).toBe(inCloud.length)
  expect(inCloud.length % ids.length).toBe(0)
  for (const id of ids) expect((await environment(client, id)).phase).toBe('ready')
}

/** The engines' own account of their runs: of one stack they never overlap. */
async function neverTwoAtOnce (dataDir: string): Promise<void> {
  const runs = new Map<string, Array<{ startTime: number, endTime: number }>>()
  for (const file of (await stateFiles(dataDir)).filter((name) => name.endsWith('.history.json'))) {
    const stack = file.split('/').at(-2) ?? ''
    runs.set(stack, [
      ...(runs.get(stack) ?? []),
      JSON.parse(await readFile(join(dataDir, 'state', file), 'utf8')) as { startTime: number, endTime: number }
    ])
  }
  for (const of of runs.values()) {
    const inOrder = of.sort((a, b) => a.startTime - b.startTime)
    for (const [n, run] of inOrder.entries()) {
      expect(run.endTime).toBeLessThanOrEqual(inOrder[n + 1]?.startTime ?? Infinity)
    }
  }
}
