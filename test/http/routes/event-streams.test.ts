import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createBatchyardClient, followOperation } from '../../../client/index.ts'
import type { EventBody } from '../../../src/schemas/event.ts'
import type { Database } from '../../../src/store/database/database.ts'
import { openDatabase } from '../../../src/store/database/open-database.ts'
import { EVENTS_CHANNEL, appendEvents } from '../../../src/store/queries/events.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { describeOnEachDatabase, type TestDatabase } from '../../support/database/databases.ts'
import { openStream, startProxy } from '../../support/http/event-stream.ts'
import { givenEnvironment, givenOperation } from '../../support/database/records.ts'
import { startReplica, type Replica, type ReplicaOptions } from '../../support/service/replica.ts'

const note = (message: string): EventBody => ({ type: 'diagnostic', severity: 'info', message })
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)
const idsOf = (sent: ReadonlyArray<{ id?: string | undefined }>): number[] => sent.map(({ id }) => Number(id))

/** An operation whose events the test writes. */
async function givenEventLog ({ db }: Database, events = 0) {
  const { id: operationId } = await givenOperation(db, (await givenEnvironment(db)).id)
  const fence = { operationId, attempt: 0 }
  const eventLog = {
    id: operationId,
    path: `/operations/${operationId}/events`,
    add: async (...messages: string[]) => appendEvents(db, fence, messages.map(note)),
    end: async () => db.transaction().execute(async (trx) => {
      await trx
        .updateTable('operations')
        .set({ state: 'succeeded', finished_at: new Date() })
        .where('id', '=', operationId)
        .execute()
      await appendEvents(trx, fence, [{ type: 'state', state: 'succeeded', attempt: 1 }])
    })
  }
  await eventLog.add(...upTo(events).map(String))
  return eventLog
}

async function withReplica (
  database: Database,
  use: (replica: Replica) => Promise<void>,
  options?: ReplicaOptions
): Promise<void> {
  const replica = await startReplica(database, options)
  try {
    await use(replica)
  } finally {
    await replica.stop()
  }
}

/** Two replicas, each with connections of its own where the database is a server. */
async function withReplicas (
  { database, fresh }: TestDatabase,
  use: (one: Replica, other: Replica, database: Database) => Promise<void>,
  options?: ReplicaOptions
): Promise<void> {
  const where = database.kind === 'postgres' ? await fresh() : undefined
  const databases = where
    ? ([await openDatabase(where), await openDatabase(where)] as const)
    : ([database, database] as const)
  try {
    if (where) await migrate(databases[0])
    await withReplica(
      databases[0],
      async (one) => withReplica(databases[1], async (other) => use(one, other, databases[0]), options),
      options
    )
  } finally {
    if (where) await Promise.all(databases.map(async (each) => each.close()))
  }
}

/** Looks until it is so; how long that takes depends on the machine. */
const eventually = (look: () => unknown) => expect.poll(look, { timeout: 60_000, interval: 20 })

describeOnEachDatabase('An event stream', (use) => {
  test('has the headers that keep proxies from holding it back', async () => {
    const { database } = use()
    await withReplica(database, async ({ base, metric }) => {
      const { path, end } = await givenEventLog(database, 1)
      const open = await openStream(base, path)
      expect(Object.fromEntries(open.response.headers)).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'x-request-id': expect.stringMatching(/^req_/)
      })
      const head = await fetch(`${base}${path}`, { method: 'HEAD', headers: { accept: 'text/event-stream' } })
      expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
      await eventually(async () => metric('event_streams')).toBe(1)
      await end()
      expect(idsOf(await open.all())).toEqual([1, 2])
      expect(open.retries).toEqual([2000])
      for (const accept of ['*/*', 'text/*', 'application/json']) {
        expect((await fetch(`${base}${path}`, { headers: { accept } })).headers.get('content-type')).toMatch(
          'application/json'
        )
      }
      expect(
        (
          await fetch(`${base}${path}`, { headers: { accept: 'application/json, text/event-stream;q=0.5' } })
        ).headers.get('content-type')
      ).toBe('text/event-stream')
    })
  })

  test('resumes on another replica where it broke, and ends with the operation', async () => {
    await withReplicas(use(), async (one, other, database) => {
      const { path, add, end } = await givenEventLog(database, 5)
      const first = await openStream(one.base, path)
      for (const id of ['1', '2', '3']) expect(await first.next()).toMatchObject({ id })
      first.leave()
      // At once: nothing happens for a long time that would show it.
      await eventually(async () => one.metric('event_streams')).toBe(0)
      const second = await openStream(other.base, path, { 'last-event-id': '3' })
      expect([await second.next(), await second.next()]).toMatchObject([{ id: '4' }, { id: '5' }])
      await add('6', '7')
      expect(await second.next()).toMatchObject({ id: '6', event: 'diagnostic' })
      await end()
      expect(idsOf(await second.all())).toEqual([7, 8])
      await eventually(async () => [await one.metric('event_streams'), await other.metric('event_streams')]).toEqual([
        0, 0
      ])
    }, { idleMilliseconds: 3_600_000 })
  })

  test('is gone for good, 204, where the operation has ended and nothing follows', async () => {
    const { database } = use()
    await withReplica(database, async ({ base, client }) => {
      const { id, path, end } = await givenEventLog(database, 3)
      await end()
      expect(idsOf(await (await openStream(base, path, { 'last-event-id': '3' })).all())).toEqual([4])
      for (const last of ['4', '5', '999999999999']) {
        expect((await openStream(base, path, { 'last-event-id': last })).response.status).toBe(204)
      }
      for (const wrong of ['-1', 'x', '1e3', '1'.repeat(16)]) {
        expect((await openStream(base, path, { 'last-event-id': wrong })).response.status).toBe(400)
      }
      await database.db.deleteFrom('events').where('operation_id', '=', id).execute()
      expect((await openStream(base, path)).response.status).toBe(204)
      expect(await followOperation(client, id).next()).toEqual({ done: true, value: undefined })
    })
  })

  test('goes on from what is there where events were pruned', async () => {
    const { database } = use()
    await withReplica(database, async ({ base }) => {
      const { id, path, end } = await givenEventLog(database, 9)
      await database.db.deleteFrom('events').where('operation_id', '=', id).where('id', '<=', 6).execute()
      const fromStart = await openStream(base, path)
      const fromWithin = await openStream(base, path, { 'last-event-id': '3' })
      expect([await fromStart.next(), await fromWithin.next()]).toMatchObject([{ id: '7' }, { id: '7' }])
      await end()
      expect(idsOf(await fromStart.all())).toEqual([8, 9, 10])
      expect(idsOf(await fromWithin.all())).toEqual([8, 9, 10])
    })
  })

  test('goes on with what comes next for a client that knows ids beyond the last', async () => {
    const { database } = use()
    await withReplica(database, async ({ base, metric }) => {
      const { path, add, end } = await givenEventLog(database, 2)
      const open = await openStream(base, path, { 'last-event-id': '50' })
      await eventually(async () => metric('event_streams')).toBe(1)
      await add('3')
      expect(await open.next()).toMatchObject({ id: '3' })
      await end()
      expect(idsOf(await open.all())).toEqual([4])
    })
  })

  test('ends on every replica when its key is revoked, and with open access when there is an admin key', async () => {
    await withReplicas(use(), async (one, other, database) => {
      const { path, add } = await givenEventLog(database, 1)
      const open = await openStream(one.base, path)
      expect(await open.next()).toMatchObject({ id: '1' })
      const admin = await other.apiKeys.create(database.db, { name: 'first', scope: 'admin' })
      expect(await open.all()).toEqual([])

      const key = await other.apiKeys.create(database.db, { name: 'portal', scope: 'team', team: 'vision' })
      const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
      const revoked = await Promise.all([one, other].map(async ({ base }) => openStream(base, path, bearer(key.token))))
      const kept = await openStream(one.base, path, bearer(admin.token))
      for (const each of [...revoked, kept]) expect(await each.next()).toMatchObject({ id: '1' })
      await one.apiKeys.revoke(key.id)
      for (const each of revoked) expect(await each.all()).toEqual([])
      expect((await openStream(one.base, path, bearer(key.token))).response.status).toBe(401)
      await add('2')
      expect(await kept.next()).toMatchObject({ id: '2' })
      kept.leave()
    })
  })

  test('shows a sign of life to a proxy that cuts what is idle', async () => {
    const { database } = use()
    await withReplica(database, async ({ base }) => {
      const { path, end } = await givenEventLog(database, 1)
      const IDLE_MILLISECONDS = 2_000
      const proxy = await startProxy(base, IDLE_MILLISECONDS)
      try {
        const open = await openStream(proxy.base, path)
        const sent = open.all()
        // So many take longer than the proxy waits.
        await eventually(open.comments).toBeGreaterThan(25)
        await end()
        expect(idsOf(await sent)).toEqual([1, 2])
      } finally {
        await proxy.close()
      }
    }, { idleMilliseconds: 100 })
  })

  test('is followed by the client across a stop, on the replica that is left', async () => {
    await withReplicas(use(), async (one, other, database) => {
      const { id, add, end } = await givenEventLog(database, 2)
      const proxy = await startProxy(one.base, 60_000)
      try {
        const events = followOperation(createBatchyardClient(proxy.base), id)
        const seen = [(await events.next()).value?.id, (await events.next()).value?.id]
        // In between nobody is there, as a proxy says it.
        const nobody = createServer((_request, answer) => {
          proxy.pointTo(other.base)
          answer.writeHead(503, { connection: 'close' }).end('{}')
        }).listen(0, '127.0.0.1')
        await once(nobody, 'listening')
        proxy.pointTo(`http://127.0.0.1:${(nobody.address() as AddressInfo).port}`)
        await one.stop()
        await add('3')
        await end()
        for await (const event of events) seen.push(event.id)
        expect(seen).toEqual([1, 2, 3, 4])
        nobody.close()
        await once(nobody, 'close')
      } finally {
        await proxy.close()
      }
    })
  })

  test('outlives a database that fails for a while', async () => {
    const { database } = use()
    await withReplica(database, async ({ base, metric }) => {
      const { id, path, end } = await givenEventLog(database, 1)
      const open = await openStream(base, path)
      expect(await open.next()).toMatchObject({ id: '1' })
      await eventually(async () => metric('event_reads_total')).toBeGreaterThan(0)
      const before = await metric('event_reads_total')
      await database.script('alter table events rename to events_away')
      try {
        await sql`select pg_notify(${EVENTS_CHANNEL}, ${id})`.execute(database.db)
        await eventually(async () => metric('event_reads_total')).toBeGreaterThan(before)
      } finally {
        await database.script('alter table events_away rename to events')
      }
      await end()
      expect(idsOf(await open.all())).toEqual([2])
    })
  })

  test('that nobody reads costs a bounded piece of memory, slows nobody, and loses nothing', async () => {
    const { database } = use()
    await withReplica(database, async ({ base, sockets, metric }) => {
      const { path, add, end } = await givenEventLog(database)
      const [stalled, left] = [await unread(`${base}${path}`), await unread(`${base}${path}`)]
      const quick = await openStream(base, path)
      const sent = quick.all()
      const BATCHES = 80
      const long = 'x'.repeat(4_000)
      for (let batch = 0; batch < BATCHES; batch += 1) await add(...Array.from({ length: 100 }, () => long))
      await end()
      const last = BATCHES * 100 + 1
      expect(idsOf(await sent)).toEqual(upTo(last))
      // What is not read fills the kernel's buffers, some MB, then nothing more is written.
      const written = sockets.map(({ bytesWritten }) => bytesWritten).sort((a, b) => a - b)
      const whole = written.at(-1) ?? 0
      expect(whole).toBeGreaterThan(BATCHES * 100 * long.length)
      expect(written[0]).toBeLessThan(whole / 2)
      expect(written[1]).toBeLessThan(whole / 2)
      for (const { writableLength } of sockets) expect(writableLength).toBeLessThan(2_000_000)

      await eventually(async () => metric('event_streams')).toBe(2)
      left.destroy()
      await eventually(async () => metric('event_streams')).toBe(1)
      const before = await metric('event_reads_total')
      const ids = [...(await text(stalled)).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
      expect(ids).toEqual(upTo(last))
      // What was not read had stayed in the store.
      expect(await metric('event_reads_total') - before).toBeGreaterThan(BATCHES / 4)
      await eventually(async () => metric('event_streams')).toBe(0)
    })
  })

  test('shares its reads of the store with all who are at the same position', async () => {
    const { database } = use()
    await withReplica(database, async ({ base, metric }) => {
      const { path, add, end } = await givenEventLog(database, 1)
      const READERS = 60
      const ROUNDS = 30
      const streams = await Promise.all(Array.from({ length: READERS }, async () => openStream(base, path)))
      for (const each of streams) await each.next()
      const before = await metric('event_reads_total')
      for (let round = 0; round < ROUNDS; round += 1) {
        await add('news')
        for (const each of streams) await each.next()
      }
      await end()
      for (const each of streams) expect(idsOf(await each.all())).toEqual([ROUNDS + 2])
      // One by one it were 60 for each; a few more than one come of reads that cross a notification.
      expect(await metric('event_reads_total') - before).toBeLessThan(ROUNDS * 6)
      await eventually(async () => metric('event_streams')).toBe(0)
    })
  })
})

/** A stream whose reader takes nothing. */
async function unread (url: string): Promise<IncomingMessage> {
  const request = get(url, { agent: false, headers: { accept: 'text/event-stream' } })
  const [response] = await once(request, 'response') as [IncomingMessage]
  response.on('error', () => {})
  return response
}
