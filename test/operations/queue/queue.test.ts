import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openQueue, type Handler, type Queue } from '../../../src/operations/queue/queue.ts'
import { openDatabase } from '../../../src/store/database/open-database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { finishOperation, postponeOperation, releaseOperation } from '../../../src/store/queries/attempts.ts'
import { claimNext } from '../../../src/store/queries/claims.ts'
import { operationById } from '../../../src/store/queries/operations.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { silentLog } from '../../support/log.ts'
import { CLAIM, failure, givenClaim, givenEnvironment, givenOperation, ids } from '../../support/database/records.ts'

const HOUR_MS = 3_600_000

describeOnEachDatabase('the queue', (use) => {
  const db = () => use().database.db
  const queues: Queue[] = []

  beforeEach(async () => {
    const queue = await givenQueue()
    await sql`delete from pgboss.job`.execute(db())
    return queue
  })

  afterEach(async () => {
    for (const queue of queues.splice(0)) await queue.stop({ timeoutMilliseconds: 0 })
  })

  async function givenQueue (database = use().database): Promise<Queue> {
    const queue = await openQueue(database, { log: silentLog, deadlineSeconds: 3_600 })
    queues.push(queue)
    return queue
  }

  const theQueue = () => {
    const [queue] = queues
    if (!queue) throw new Error('no queue is open')
    return queue
  }

  const givenQueued = async (trx = db()) =>
    (await givenOperation(trx, (await givenEnvironment(trx, { name: `env-${ids.key().slice(-10)}` })).id)).id

  async function givenEnqueued (): Promise<string> {
    return db().transaction().execute(async (trx) => {
      const id = await givenQueued(trx)
      await theQueue().enqueue(trx, id)
      return id
    })
  }

  /** A handler that notes what it is given; `delivered(n)` resolves with the first n. */
  function recorder (handle: Handler = async () => {}) {
    const seen: string[] = []
    const waiting: Array<{ n: number, resolve: () => void }> = []
    const handler: Handler = async (id, signal) => {
      seen.push(id)
      for (const { n, resolve } of waiting) if (seen.length >= n) resolve()
      await handle(id, signal)
    }
    const delivered = async (n: number) => {
      if (seen.length < n) await new Promise<void>((resolve) => waiting.push({ n, resolve }))
      return seen.slice(0, n)
    }
    return { handler, delivered, seen }
  }

  describe('a delivery', () => {
    it('comes with the transaction that stores environment and operation', async () => {
      const { handler, delivered } = recorder()
      await theQueue().work(handler, { concurrency: 1 })
      const id = await givenEnqueued()
      expect(await delivered(1)).toEqual([id])
      expect(await operationById(db(), id)).toMatchObject({ state: 'queued', team: 'vision' })
    })

    it('does not come when that transaction is rolled back', async () => {
      await expect(db().transaction().execute(async (trx) => {
        await theQueue().enqueue(trx, await givenQueued(trx))
        throw new Error('rolled back')
      })).rejects.toThrow('rolled back')
      expect(await theQueue().depth()).toBe(0)
    })

    it('waits at most once for each operation', async () => {
      const id = await givenEnqueued()
      await theQueue().enqueue(db(), id)
      await givenEnqueued()
      expect(await theQueue().depth()).toBe(2)
    })

    it('waits once more for later, whatever waits already', async () => {
      const id = await givenEnqueued()
      await theQueue().enqueue(db(), id, { afterSeconds: 3_600 })
      await theQueue().enqueue(db(), id, { afterSeconds: 3_600 })
      expect(await theQueue().depth()).toBe(2)
    })

    it('can wait again while the operation is in a worker\'s hands', async () => {
      const id = await givenEnqueued()
      let first = true
      const { handler, delivered } = recorder(async () => {
        if (first) await theQueue().enqueue(db(), id)
        first = false
      })
      await theQueue().work(handler, { concurrency: 1 })
      expect(await delivered(2)).toEqual([id, id])
    })

    it('is kept for another try when its handler fails', async () => {
      const { handler, delivered } = recorder(async () => { throw new Error('a bad handler') })
      const id = await givenEnqueued()
      await theQueue().work(handler, { concurrency: 1 })
      await delivered(1)
      await theQueue().stop({ timeoutMilliseconds: HOUR_MS })
      const { rows } = await sql`select singleton_key, state from pgboss.job`.execute(db())
      expect(rows).toEqual([{ singleton_key: id, state: 'retry' }])
    })
  })

  it('hands out as many at a time as it is told to, and then the rest', async () => {
    const expected = []
    for (let n = 0; n < 7; n++) expected.push(await givenEnqueued())
    const together = Promise.withResolvers<undefined>()
    let running = 0
    let most = 0
    const { handler, delivered } = recorder(async () => {
      most = Math.max(most, ++running)
      if (running === 3) together.resolve(undefined)
      await together.promise
      running--
    })
    await theQueue().work(handler, { concurrency: 3 })
    expect((await delivered(7)).sort()).toEqual(expected.sort())
    expect(most).toBe(3)
  })

  it('gives two replicas each operation once', async () => {
    const other = await givenQueue()
    const claims: string[] = []
    const { handler, delivered } = recorder(async () => {
      const claimed = await claimNext(db(), CLAIM)
      if (claimed) claims.push(claimed.operation.id)
    })
    await theQueue().work(handler, { concurrency: 2 })
    await other.work(handler, { concurrency: 2 })
    const expected = []
    for (let n = 0; n < 20; n++) expected.push(await givenEnqueued())
    await delivered(20)
    await theQueue().stop({ timeoutMilliseconds: HOUR_MS })
    await other.stop({ timeoutMilliseconds: HOUR_MS })
    expect(claims.sort()).toEqual(expected.sort())
  })

  it('is made once when several replicas start at once', async () => {
    const database = await openDatabase(await use().fresh())
    await migrate(database)
    const opened = await Promise.all(Array.from({ length: 3 }, async () => givenQueue(database)))
    await Promise.all(opened.map(async (queue) => { await queue.stop({ timeoutMilliseconds: 0 }) }))
    await database.close()
  })

  describe('reconciling', () => {
    it('enqueues what nothing would deliver and nobody runs', async () => {
      const lost = await givenQueued()
      const expired = await givenQueued()
      await givenClaim(db(), expired, -1)
      await givenClaim(db(), await givenQueued())
      await givenEnqueued()
      expect(await theQueue().reconcile(CLAIM)).toBe(2)
      expect(await theQueue().reconcile(CLAIM)).toBe(0)
      const { rows } = await sql<{ id: string }>`select singleton_key as id from pgboss.job`.execute(db())
      expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([lost, expired]))
      expect(rows).toHaveLength(3)
    })

    it('leaves one that waits for another to that one\'s end', async () => {
      const { id } = await givenEnvironment(db())
      const running = await givenClaim(db(), (await givenOperation(db(), id)).id)
      await givenOperation(db(), id, 'delete')
      expect(await theQueue().reconcile(CLAIM)).toBe(0)
      await finishOperation(db(), running, { state: 'succeeded' })
      expect(await theQueue().reconcile(CLAIM)).toBe(1)
    })

    it('does not count on a delivery in a worker\'s hands, which may be busy with another operation', async () => {
      const id = await givenEnqueued()
      await sql`update pgboss.job set state = 'active', started_on = now() where singleton_key = ${id}`.execute(db())
      expect(await theQueue().reconcile(CLAIM)).toBe(1)
    })

    it('leaves to its time what is to be tried again later', async () => {
      const id = await givenQueued()
      await postponeOperation(db(), await givenClaim(db(), id), { seconds: 3_600, error: failure })
      expect(await theQueue().reconcile(CLAIM)).toBe(0)
      await sql`update operations set retry_at = clock_timestamp() where id = ${id}`.execute(db())
      expect(await theQueue().reconcile(CLAIM)).toBe(1)
    })

    it('enqueues no more of a team than may run', async () => {
      for (let n = 0; n < 5; n++) await givenQueued()
      expect(await theQueue().reconcile({ ...CLAIM, teamLimit: 2 })).toBe(2)
    })
  })

  describe('stopping', () => {
    it('waits for what is running and takes nothing new', async () => {
      const started = Promise.withResolvers<undefined>()
      const proceed = Promise.withResolvers<undefined>()
      let ended = false
      await theQueue().work(async () => {
        started.resolve(undefined)
        await proceed.promise
        ended = true
      }, { concurrency: 1 })
      await givenEnqueued()
      await started.promise
      const stopped = [
        theQueue().stop({ timeoutMilliseconds: HOUR_MS }),
        theQueue().stop({ timeoutMilliseconds: HOUR_MS })
      ]
      await givenQueued().then(async (id) => { await theQueue().enqueue(db(), id) })
      proceed.resolve(undefined)
      await Promise.all(stopped)
      expect(ended).toBe(true)
      expect(await theQueue().depth()).toBe(1)
    })

    it('tells a handler to end once the time is up, which can give its operation back', async () => {
      const queue = theQueue()
      const started = Promise.withResolvers<undefined>()
      await queue.work(async (id, signal) => {
        const fence = await givenClaim(db(), id)
        const aborted = new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true })
        )
        started.resolve(undefined)
        await aborted
        await db().transaction().execute(async (trx) => {
          await releaseOperation(trx, fence, 'gone')
          await queue.enqueue(trx, id)
        })
      }, { concurrency: 1 })
      const id = await givenEnqueued()
      await started.promise
      await queue.stop({ timeoutMilliseconds: 0 })
      expect(await operationById(db(), id)).toMatchObject({ state: 'queued', attempt: 1 })
      const { handler, delivered } = recorder()
      await (await givenQueue()).work(handler, { concurrency: 1 })
      expect(await delivered(1)).toEqual([id])
    })
  })
})
