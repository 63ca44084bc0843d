import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../../src/schemas/event.ts'
import { appendEvents, EVENTS_CHANNEL, pageOfEvents, stepsOf } from '../../../src/store/queries/events.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { givenClaim, givenEnvironment, givenOperation } from '../../support/database/records.ts'

const note = (message: string): EventBody => ({ type: 'diagnostic', severity: 'info', message })
const resource = (name: string, status: 'started' | 'succeeded' | 'failed', id?: string): EventBody => ({
  type: 'resource',
  action: 'create',
  status,
  urn: `urn:pulumi:env::batchyard::aws:s3/bucket:Bucket::${name}`,
  resourceType: 'aws:s3/bucket:Bucket',
  name,
  ...(id && { id })
})

describeOnEachDatabase('events', (use) => {
  const db = () => use().database.db
  const givenRunning = async () => givenClaim(db(), (await givenOperation(db(), (await givenEnvironment(db())).id)).id)
  const all = async (id: string) => pageOfEvents(db(), id, { after: 0, limit: 1000 })

  describe('ids', () => {
    it('count from 1 without a gap, in the order given', async () => {
      const fence = await givenRunning()
      expect(await appendEvents(db(), fence, [note('a'), note('b')])).toBe(true)
      expect(await appendEvents(db(), fence, [])).toBe(true)
      expect(await appendEvents(db(), fence, [note('c')])).toBe(true)
      expect((await all(fence.operationId)).map(({ id, body }) => [id, body])).toEqual([
        [1, note('a')],
        [2, note('b')],
        [3, note('c')]
      ])
    })

    it('have no gap when many append at once and some roll back', async () => {
      const fence = await givenRunning()
      await Promise.all(Array.from({ length: 20 }, async (_, n) => {
        const bodies = [note(`${n}.1`), note(`${n}.2`)]
        if (n % 4 > 0) {
          expect(await appendEvents(db(), fence, bodies)).toBe(true)
          return
        }
        await expect(db().transaction().execute(async (trx) => {
          await appendEvents(trx, fence, bodies)
          throw new Error('rolled back')
        })).rejects.toThrow('rolled back')
      }))
      const events = await all(fence.operationId)
      expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
    })

    it('begin again at 1 with every operation', async () => {
      const fences = [
        await givenClaim(db(), (await givenOperation(db(), (await givenEnvironment(db(), { name: 'one' })).id)).id),
        await givenClaim(db(), (await givenOperation(db(), (await givenEnvironment(db(), { name: 'two' })).id)).id)
      ]
      for (const fence of fences) await appendEvents(db(), fence, [note('x')])
      for (const { operationId } of fences) expect((await all(operationId)).map(({ id }) => id)).toEqual([1])
    })
  })

  it('are refused from an attempt that was taken over, and taken before the first', async () => {
    const { id: environment } = await givenEnvironment(db())
    const { id: operationId } = await givenOperation(db(), environment)
    expect(
      await appendEvents(db(), { operationId, attempt: 0 }, [{ type: 'state', state: 'queued', attempt: 0 }])
    ).toBe(true)
    const stale = await givenClaim(db(), operationId, -1)
    await givenClaim(db(), operationId)
    expect(await appendEvents(db(), stale, [note('too late')])).toBe(false)
    expect(await all(operationId)).toHaveLength(1)
  })

  it('are read in pages that follow each other', async () => {
    const fence = await givenRunning()
    await appendEvents(db(), fence, Array.from({ length: 5 }, (_, n) => note(`${n}`)))
    const page = async (after: number) =>
      (await pageOfEvents(db(), fence.operationId, { after, limit: 2 })).map(({ id }) => id)
    expect([await page(0), await page(2), await page(4), await page(5)]).toEqual([[1, 2], [3, 4], [5], []])
  })

  it('are announced once they can be read, and not when they are rolled back', async () => {
    const fence = await givenRunning()
    const told = Promise.withResolvers<number>()
    const listener = await use().database.listen(EVENTS_CHANNEL, (id) => {
      all(id).then(({ length }) => told.resolve(length), told.reject)
    })
    await expect(db().transaction().execute(async (trx) => {
      await appendEvents(trx, fence, [note('never')])
      throw new Error('rolled back')
    })).rejects.toThrow('rolled back')
    await db().transaction().execute(async (trx) => { await appendEvents(trx, fence, [note('a'), note('b')]) })
    expect(await told.promise).toBe(2)
    await listener.close()
  })

  it('tell how far each resource has come', async () => {
    const fence = await givenRunning()
    await appendEvents(db(), fence, [
      { type: 'plan', total: 3 },
      resource('bucket', 'started'),
      resource('queue', 'started'),
      note('hm')
    ])
    await appendEvents(db(), fence, [
      resource('bucket', 'succeeded', 'bucket-1'),
      resource('role', 'started'),
      resource('queue', 'failed'),
      resource('queue', 'started')
    ])
    const steps = await stepsOf(db(), fence.operationId)
    expect(steps.map(({ name, status }) => [name, status])).toEqual([
      ['bucket', 'succeeded'],
      ['queue', 'started'],
      ['role', 'started']
    ])
    expect(steps[0]).toEqual({
      urn: 'urn:pulumi:env::batchyard::aws:s3/bucket:Bucket::bucket',
      resourceType: 'aws:s3/bucket:Bucket',
      name: 'bucket',
      action: 'create',
      status: 'succeeded',
      id: 'bucket-1',
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      finishedAt: expect.stringMatching(/^\d{4}-.*Z$/)
    })
    expect(steps[1]).not.toHaveProperty('finishedAt')
  })
})
