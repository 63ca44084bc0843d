import { describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import type { OperationKind } from '../../../src/schemas/operation.ts'
import { environmentById } from '../../../src/store/queries/environments.ts'
import {
  finishOperation,
  noteInput,
  releaseOperation,
  renewLease,
  setEngine,
  setProgress
} from '../../../src/store/queries/attempts.ts'
import { claimNext } from '../../../src/store/queries/claims.ts'
import {
  backlogOf,
  CANCEL_CHANNEL,
  insertOperation,
  newestOperations,
  operationById,
  requestCancel,
  retainedBefore,
  unfinishedOf
} from '../../../src/store/queries/operations.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { CLAIM, failure, givenClaim, givenEnvironment, givenOperation, ids } from '../../support/database/records.ts'

const engine = { host: 'here', pid: 42, startTime: '4711' }

describeOnEachDatabase('operations', (use) => {
  const db = () => use().database.db
  const givenQueued = async () =>
    givenOperation(db(), (await givenEnvironment(db(), { name: `env-${ids.key().slice(-10)}` })).id)

  describe('one at a time', () => {
    it('lets one operation wait per environment', async () => {
      const { id } = await givenEnvironment(db())
      await givenOperation(db(), id)
      const second = await insertOperation(db(), {
        id: ids.operation(),
        environmentId: id,
        team: 'vision',
        kind: 'delete',
        generation: 1,
        requestId: 'r',
        input: {}
      })
      expect(second).toEqual({ outcome: 'busy' })
    })

    it('lets a delete wait while a create runs, and claims it only afterwards', async () => {
      const { id } = await givenEnvironment(db())
      const create = await givenClaim(db(), (await givenOperation(db(), id)).id)
      const remove = await givenOperation(db(), id, 'delete')
      expect((await unfinishedOf(db(), id)).map(({ kind, state }) => [kind, state])).toEqual([
        ['create', 'running'],
        ['delete', 'queued']
      ])
      expect(await claimNext(db(), CLAIM)).toBeUndefined()
      await finishOperation(db(), create, { state: 'succeeded' })
      expect(await claimNext(db(), CLAIM)).toMatchObject({ operation: { id: remove.id, kind: 'delete', attempt: 1 } })
    })

    it('refuses two running ones in the database itself', async () => {
      const { id } = await givenEnvironment(db())
      await givenClaim(db(), (await givenOperation(db(), id)).id)
      const second = await givenOperation(db(), id, 'delete')
      await expect(
        sql`update operations set state = 'running', worker = 'w', lease_until = now() where id = ${second.id}`.execute(
          db()
        )
      ).rejects.toThrow(/operations_one_running/)
    })
  })

  describe('claims', () => {
    it('gives a queued operation to exactly one of many workers', async () => {
      const { id } = await givenQueued()
      const results = await Promise.all(
        Array.from({ length: 10 }, async (_, n) => claimNext(db(), { ...CLAIM, worker: `w${n}` }))
      )
      expect(results.filter((claimed) => claimed !== undefined)).toHaveLength(1)
      expect(await operationById(db(), id)).toMatchObject({
        state: 'running',
        attempt: 1,
        team: 'vision',
        started_at: expect.any(Date)
      })
    })

    it('gives an expired lease to exactly one of many workers, with the engine of the attempt before', async () => {
      const { id } = await givenQueued()
      const first = await givenClaim(db(), id)
      await setEngine(db(), first, engine)
      expect(await claimNext(db(), CLAIM)).toBeUndefined()
      await sql`update operations set lease_until = now() - interval '1 second' where id = ${id}`.execute(db())
      const results = await Promise.all(Array.from({ length: 10 }, async () => claimNext(db(), CLAIM)))
      const claimed = results.filter((result) => result !== undefined)
      expect(claimed).toHaveLength(1)
      expect(claimed[0]).toMatchObject({ operation: { attempt: 2, engine } })
    })

    it('never gives out one that has ended', async () => {
      const { id } = await givenQueued()
      await finishOperation(db(), await givenClaim(db(), id), { state: 'failed', error: failure })
      expect(await claimNext(db(), CLAIM)).toBeUndefined()
    })
  })

  describe('fencing', () => {
    it('lets every write of an attempt miss once another has taken over', async () => {
      const { id } = await givenQueued()
      const stale = await givenClaim(db(), id, -1)
      const current = await givenClaim(db(), id)
      expect(await renewLease(db(), stale, 60)).toEqual({ held: false, cancelRequested: false })
      expect(await setEngine(db(), stale, engine)).toBe(false)
      expect(await setProgress(db(), stale, { done: 9, total: 9, recorded: 9 })).toBe(false)
      expect(await releaseOperation(db(), stale, 'gone')).toBe(false)
      expect(await finishOperation(db(), stale, { state: 'failed', error: failure })).toBe(false)
      expect(await setProgress(db(), current, { done: 1, total: 3, recorded: 4 })).toBe(true)
      expect(await operationById(db(), id)).toMatchObject({
        state: 'running',
        engine: null,
        progress_done: 1,
        progress_total: 3
      })
    })

    it('extends the lease in the database\'s time', async () => {
      const { id } = await givenQueued()
      const fence = await givenClaim(db(), id, -1)
      expect(await renewLease(db(), fence, 60)).toEqual({ held: true, cancelRequested: false })
      expect(await claimNext(db(), CLAIM)).toBeUndefined()
    })

    it('ends an operation once, at one time', async () => {
      const { id } = await givenQueued()
      const fence = await givenClaim(db(), id)
      expect(await finishOperation(db(), fence, { state: 'failed', error: failure })).toBe(true)
      const ended = await operationById(db(), id)
      expect(await finishOperation(db(), fence, { state: 'succeeded' })).toBe(false)
      expect(ended).toMatchObject({ state: 'failed', error: failure, lease_until: null, finished_at: expect.any(Date) })
      expect(await operationById(db(), id)).toEqual(ended)
    })
  })

  describe('giving back', () => {
    it('queues the operation again for another worker', async () => {
      const { id } = await givenQueued()
      expect(await releaseOperation(db(), await givenClaim(db(), id), 'gone')).toBe(true)
      expect(await operationById(db(), id)).toMatchObject({ state: 'queued', attempt: 1 })
      expect(await claimNext(db(), CLAIM)).toMatchObject({ operation: { id, attempt: 2 } })
    })

    it.each([
      ['gone', null],
      ['alive', engine]
    ] as const)('tells the next worker of an engine only while it lives: %s', async (state, known) => {
      const { id } = await givenQueued()
      const fence = await givenClaim(db(), id)
      await setEngine(db(), fence, engine)
      await releaseOperation(db(), fence, state)
      expect(await claimNext(db(), CLAIM)).toMatchObject({ operation: { id, engine: known } })
    })

    it('keeps its turn when a delete waits', async () => {
      const { id } = await givenEnvironment(db())
      const create = await givenClaim(db(), (await givenOperation(db(), id)).id)
      await givenOperation(db(), id, 'delete')
      expect(await releaseOperation(db(), create, 'gone')).toBe(true)
      expect(await claimNext(db(), CLAIM)).toMatchObject({ operation: { id: create.operationId } })
    })
  })

  describe('cancelling', () => {
    it('ends a queued operation at once', async () => {
      const { id } = await givenQueued()
      expect(await requestCancel(db(), id, failure)).toMatchObject({
        state: 'cancelled',
        error: failure,
        finished_at: expect.any(Date)
      })
      expect(await requestCancel(db(), id, failure)).toBeUndefined()
      expect(await claimNext(db(), CLAIM)).toBeUndefined()
    })

    it('tells the worker of a running one, at once and with its next renewal', async () => {
      const { id } = await givenQueued()
      const fence = await givenClaim(db(), id)
      const told = Promise.withResolvers<string>()
      const listener = await use().database.listen(CANCEL_CHANNEL, told.resolve)
      expect(await requestCancel(db(), id, failure)).toMatchObject({ state: 'running', error: null, finished_at: null })
      expect(await told.promise).toBe(id)
      expect(await renewLease(db(), fence, 60)).toEqual({ held: true, cancelRequested: true })
      await listener.close()
    })
  })

  describe('reading', () => {
    it('finds the newest operation of many environments', async () => {
      const first = await givenEnvironment(db(), { name: 'first' })
      const second = await givenEnvironment(db(), { name: 'second' })
      const untouched = await givenEnvironment(db(), { name: 'untouched' })
      await finishOperation(db(), await givenClaim(db(), (await givenOperation(db(), first.id)).id), {
        state: 'succeeded'
      })
      const newest = await givenOperation(db(), first.id, 'delete')
      const only = await givenOperation(db(), second.id)
      const found = await newestOperations(db(), [first.id, second.id, untouched.id])
      expect([...found].map(([environment, { id }]) => [environment, id]).sort()).toEqual([
        [first.id, newest.id],
        [second.id, only.id]
      ])
      expect(await newestOperations(db(), [])).toEqual(new Map())
    })

    it('knows what the newest delete has left, until an update has it in the state again', async () => {
      const { id } = await givenEnvironment(db())
      const left = (name: string) => [{ urn: name, resourceType: 'aws:s3/bucket:Bucket', name, id: name }]
      const attempt = async (
        kind: OperationKind,
        state: 'failed' | 'succeeded',
        retaining?: ReturnType<typeof left>
      ): Promise<void> => {
        const fence = await givenClaim(db(), (await givenOperation(db(), id, kind)).id)
        if (retaining) await noteInput(db(), fence, { begun: true, retaining })
        await finishOperation(db(), fence, state === 'failed' ? { state, error: failure } : { state })
      }
      expect(await retainedBefore(db(), id)).toEqual({})
      await attempt('delete', 'failed', left('old'))
      await attempt('delete', 'failed', left('new'))
      await attempt('delete', 'failed')
      await attempt('update', 'failed')
      expect(await retainedBefore(db(), id)).toEqual({ retaining: left('new') })
      await attempt('update', 'succeeded')
      expect(await retainedBefore(db(), id)).toEqual({})
      await attempt('delete', 'failed', [])
      expect(await retainedBefore(db(), id)).toEqual({ retaining: [] })
    })

    it('counts what is unfinished, and how long the oldest has waited', async () => {
      expect(await backlogOf(db())).toEqual({ counts: [], oldestQueuedSeconds: 0 })
      await givenQueued()
      const old = await givenQueued()
      await givenClaim(db(), (await givenQueued()).id)
      await sql`update operations set queued_at = now() - interval '1 hour' where id = ${old.id}`.execute(db())
      const { counts, oldestQueuedSeconds } = await backlogOf(db())
      expect(counts).toEqual([
        { kind: 'create', state: 'queued', count: 2 },
        { kind: 'create', state: 'running', count: 1 }
      ])
      expect(oldestQueuedSeconds).toBeGreaterThanOrEqual(3600)
    })

    it('stores nothing of a transaction that is rolled back', async () => {
      const { id } = await givenEnvironment(db())
      await expect(db().transaction().execute(async (trx) => {
        await givenOperation(trx, id)
        throw new Error('no')
      })).rejects.toThrow('no')
      expect(await unfinishedOf(db(), id)).toEqual([])
      expect(await environmentById(db(), id)).toBeDefined()
    })
  })
})
