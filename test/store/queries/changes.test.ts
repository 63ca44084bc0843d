import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import {
  finishOperation,
  noteInput,
  postponeOperation,
  releaseOperation,
  setEngine
} from '../../../src/store/queries/attempts.ts'
import {
  changeSpec,
  environmentById,
  lockEnvironment,
  setCondition,
  specAt
} from '../../../src/store/queries/environments.ts'
import { changedSince, operationById, pageOfOperations, requestCancel } from '../../../src/store/queries/operations.ts'
import type { EnvironmentRow } from '../../../src/store/tables.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { failure, givenClaim, givenEnvironment, givenOperation } from '../../support/database/records.ts'

describeOnEachDatabase('changes', (use) => {
  const db = () => use().database.db
  const afresh = async ({ id }: EnvironmentRow): Promise<EnvironmentRow> => {
    const row = await environmentById(db(), id)
    if (!row) throw new Error(`environment ${id} is gone`)
    return row
  }

  describe('generations', () => {
    it('count the specs of an environment and keep each of them', async () => {
      const before = await givenEnvironment(db())
      const spec = { ...before.spec, labels: { a: 'b' } }
      const changed = await changeSpec(db(), before.id, { spec, resolved: before.resolved, phase: 'updating' })
      expect(changed).toMatchObject({ generation: 2, spec, phase: 'updating', observed_generation: null })
      expect(await specAt(db(), before.id, 1)).toEqual(before.spec)
      expect(await specAt(db(), before.id, 2)).toEqual(spec)
      expect(await specAt(db(), before.id, 3)).toBeUndefined()
    })

    it('are given out one at a time to requests that lock the environment', async () => {
      const { id, spec, resolved } = await givenEnvironment(db())
      const generations = await Promise.all([1, 2, 3, 4].map(async (n) => db().transaction().execute(async (trx) => {
        await lockEnvironment(trx, id)
        return (await changeSpec(trx, id, { spec: { ...spec, labels: { n: String(n) } }, resolved, phase: 'updating' }))
          .generation
      })))
      expect(generations.toSorted()).toEqual([2, 3, 4, 5])
    })
  })

  describe('conditions', () => {
    const conditionsOf = async (environment: EnvironmentRow) => (await afresh(environment)).conditions

    it('have the time since which they hold, kept as long as the status does', async () => {
      const environment = await givenEnvironment(db())
      await setCondition(db(), environment.id, { type: 'Drifted', status: true, reason: '1 changed' })
      const [first] = await conditionsOf(environment)
      expect(first).toEqual({
        type: 'Drifted',
        status: true,
        reason: '1 changed',
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      })
      await setCondition(db(), environment.id, { type: 'Drifted', status: true, reason: '2 changed' })
      expect(await conditionsOf(environment)).toEqual([{ ...first, reason: '2 changed' }])
      await sql`update environments set conditions = jsonb_set(conditions, '{0,since}',
        '"2020-01-01T00:00:00.000Z"')`.execute(
          db()
        )
      await setCondition(db(), environment.id, { type: 'Drifted', status: false, reason: 'repaired' })
      const [repaired] = await conditionsOf(environment)
      expect(repaired).toMatchObject({ status: false, reason: 'repaired' })
      expect(Date.parse(repaired?.since ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.since ?? ''))
    })

    it('of other types stay as they are', async () => {
      const environment = await givenEnvironment(db())
      await setCondition(db(), environment.id, { type: 'Other', status: true, reason: 'x' })
      await setCondition(db(), environment.id, { type: 'Drifted', status: false, reason: 'y' })
      await setCondition(db(), environment.id, { type: 'Drifted', status: true, reason: 'z' })
      expect((await conditionsOf(environment)).map(({ type, status, reason }) => [type, status, reason])).toEqual([
        ['Other', true, 'x'],
        ['Drifted', true, 'z']
      ])
    })
  })

  describe('another try', () => {
    it('waits for its time, with why and how often, and forgets the engine, which has ended', async () => {
      const { id } = await givenEnvironment(db())
      const fence = await givenClaim(db(), (await givenOperation(db(), id)).id)
      await setEngine(db(), fence, { host: 'host', pid: 42, startTime: '4711' })
      expect(await postponeOperation(db(), fence, { seconds: 60, error: failure })).toBe(true)
      const waiting = await operationById(db(), fence.operationId)
      expect(waiting).toMatchObject({
        state: 'queued',
        retries: 1,
        error: failure,
        engine: null,
        lease_until: null,
        attempt: 1
      })
      const waits = (waiting?.retry_at?.getTime() ?? 0) - (waiting?.created_at.getTime() ?? 0)
      expect(waits).toBeGreaterThanOrEqual(60_000)
    })

    it('is not for an operation that is to be cancelled, nor for an attempt that was taken over', async () => {
      const { id } = await givenEnvironment(db())
      const stale = await givenClaim(db(), (await givenOperation(db(), id)).id, -1)
      const current = await givenClaim(db(), stale.operationId)
      expect(await postponeOperation(db(), stale, { seconds: 1, error: failure })).toBe(false)
      await requestCancel(db(), current.operationId, failure)
      expect(await postponeOperation(db(), current, { seconds: 1, error: failure })).toBe(false)
      expect(await operationById(db(), current.operationId)).toMatchObject({
        state: 'running',
        retries: 0,
        retry_at: null
      })
    })

    it('can be cancelled while it waits', async () => {
      const { id } = await givenEnvironment(db())
      const fence = await givenClaim(db(), (await givenOperation(db(), id)).id)
      await postponeOperation(db(), fence, { seconds: 60, error: failure })
      expect(await requestCancel(db(), fence.operationId, { ...failure, detail: 'on second thoughts' }))
        .toMatchObject({ state: 'cancelled', retry_at: null, error: { detail: 'on second thoughts' } })
    })

    it('knows of what an earlier one has begun', async () => {
      const { id } = await givenEnvironment(db())
      const fence = await givenClaim(db(), (await givenOperation(db(), id, 'delete')).id)
      expect((await operationById(db(), fence.operationId))?.input).toEqual({})
      const retaining = [{ urn: 'urn', resourceType: 'aws:s3/bucket:Bucket', name: 'bucket', id: 'b' }]
      expect(await noteInput(db(), fence, { begun: true, retaining })).toBe(true)
      expect((await operationById(db(), fence.operationId))?.input).toEqual({ begun: true, retaining })
      await releaseOperation(db(), fence, 'gone')
      await givenClaim(db(), fence.operationId)
      expect(await noteInput(db(), fence, { retaining: [] })).toBe(false)
      expect((await operationById(db(), fence.operationId))?.input).toEqual({ begun: true, retaining })
    })
  })

  describe('history', () => {
    it('shows each operation of an environment once, newest first, of every kind, while others are added', async () => {
      const { id } = await givenEnvironment(db())
      const other = await givenEnvironment(db(), { name: 'other' })
      const made: string[] = []
      for (const kind of ['create', 'preview', 'drift-check', 'preview', 'preview'] as const) {
        made.unshift((await givenOperation(db(), id, kind)).id)
      }
      await givenOperation(db(), other.id)
      const first = await pageOfOperations(db(), id, { limit: 2 })
      await givenOperation(db(), id, 'drift-check')
      const second = await pageOfOperations(db(), id, { limit: 2, after: first.next ?? 0 })
      const third = await pageOfOperations(db(), id, { limit: 2, after: second.next ?? 0 })
      expect([first, second, third].flatMap(({ rows }) => rows.map((row) => row.id))).toEqual(made)
      expect(third.next).toBeNull()
    })
  })

  describe('whether something has changed an environment since', () => {
    const finish = async (operationId: string): Promise<void> => {
      await finishOperation(db(), await givenClaim(db(), operationId), { state: 'succeeded' })
    }
    const operation = async (id: string) => {
      const row = await operationById(db(), id)
      if (!row?.finished_at) throw new Error(`operation ${id} has not ended`)
      return { ...row, finished_at: row.finished_at }
    }

    it('is true while it changes and after it has, and false before', async () => {
      const { id } = await givenEnvironment(db())
      const create = await givenOperation(db(), id)
      const long = new Date(0)
      expect(await changedSince(db(), id, long)).toBe(false)
      const fence = await givenClaim(db(), create.id)
      expect(await changedSince(db(), id, new Date(Date.now() + 60_000))).toBe(true)
      await finishOperation(db(), fence, { state: 'succeeded' })
      const { finished_at: finished } = await operation(create.id)
      expect(await changedSince(db(), id, finished)).toBe(true)
      expect(await changedSince(db(), id, new Date(finished.getTime() + 1))).toBe(false)
    })

    it('does not count what changes nothing, what never began, or another environment\'s', async () => {
      const { id } = await givenEnvironment(db())
      const other = await givenEnvironment(db(), { name: 'other' })
      await finish((await givenOperation(db(), id, 'preview')).id)
      await finish((await givenOperation(db(), other.id)).id)
      await requestCancel(db(), (await givenOperation(db(), id, 'update')).id, failure)
      expect(await changedSince(db(), id, new Date(0))).toBe(false)
    })
  })
})
