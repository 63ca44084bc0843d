import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { finishOperation, postponeOperation, setEngine } from '../../../src/store/queries/attempts.ts'
import { claimNext, isBound, type Claim } from '../../../src/store/queries/claims.ts'
import { isHostGone, seeHost } from '../../../src/store/queries/hosts.ts'
import { insertOperation, requestCancel } from '../../../src/store/queries/operations.ts'
import type { OperationKind } from '../../../src/schemas/operation.ts'
import type { OperationRow } from '../../../src/store/tables.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import {
  CLAIM,
  failure,
  givenClaim,
  givenEnvironment,
  givenOperation,
  ids,
  PREVIEW
} from '../../support/database/records.ts'

describeOnEachDatabase('turns', (use) => {
  const db = () => use().database.db
  let environments = 0

  async function given (team: string, kind: OperationKind = 'create'): Promise<OperationRow> {
    const { id } = await givenEnvironment(db(), { team, name: `env-${++environments}` })
    return givenOperation(db(), id, kind, team)
  }

  const givenMany = async (team: string, count: number, kind?: OperationKind) => {
    for (let n = 0; n < count; n++) await given(team, kind)
  }

  const claim = async (scheduling: Partial<Claim> = {}) =>
    (await claimNext(db(), { ...CLAIM, ...scheduling }))?.operation

  /** Claims and ends operations one after the other, as a worker with one slot does; what each was. */
  async function servedOneByOne<T> (count: number, tell: (operation: OperationRow) => T): Promise<T[]> {
    const served: T[] = []
    for (let n = 0; n < count; n++) {
      const operation = await claim()
      if (!operation) break
      served.push(tell(operation))
      await finishOperation(db(), { operationId: operation.id, attempt: operation.attempt }, { state: 'succeeded' })
    }
    return served
  }

  describe('of teams', () => {
    it('let one operation through beside 500 of another team, with one slot', async () => {
      await givenTeamWith500()
      await given('small')
      const served = await servedOneByOne(3, ({ team }) => team)
      expect(served.slice(0, 2).sort()).toEqual(['large', 'small'])
      await given('small')
      await given('small')
      expect(await servedOneByOne(4, ({ team }) => team)).toEqual(['small', 'large', 'small', 'large'])
    })

    async function givenTeamWith500 (): Promise<void> {
      await given('large')
      await sql`
        insert into environments (id, team, name, cloud, phase, placement, spec, resolved)
        select 'env_' || n, 'large', 'e' || n, 'sandbox', 'creating', placement, spec, resolved from environments,
          generate_series(1, 499) n`.execute(
          db()
        )
      await sql`
        insert into operations (id, environment_id, team, kind, state, generation)
        select 'op_' || n, 'env_' || n, 'large', 'create', 'queued', 1 from generate_series(1, 499) n`.execute(db())
    }

    it('come to the team that has the fewest running', async () => {
      await givenMany('one', 3)
      await givenMany('two', 3)
      const teams = []
      for (let n = 0; n < 6; n++) teams.push((await claim())?.team)
      expect([teams.slice(0, 2), teams.slice(2, 4), teams.slice(4)].map((pair) => pair.sort())).toEqual([
        ['one', 'two'],
        ['one', 'two'],
        ['one', 'two']
      ])
    })

    it('come in the order of asking within a team', async () => {
      const asked = [await given('one'), await given('one'), await given('one')].map(({ id }) => id)
      expect(await servedOneByOne(3, ({ id }) => id)).toEqual(asked)
    })

    it.each([1, 3])('leave a team at its limit of %i, however many claim at once', async (teamLimit) => {
      await givenMany('one', 8)
      await givenMany('two', 1)
      const claimed = await Promise.all(Array.from({ length: 10 }, async () => claim({ teamLimit })))
      const teams = claimed.flatMap((operation) => operation?.team ?? [])
      expect(teams.sort()).toEqual([...Array.from({ length: teamLimit }, () => 'one'), 'two'])
      const [first] = claimed.filter((operation) => operation?.team === 'one')
      await finishOperation(db(), { operationId: first?.id ?? '', attempt: 1 }, { state: 'succeeded' })
      expect(await claim({ teamLimit })).toMatchObject({ team: 'one' })
      expect(await claim({ teamLimit })).toBeUndefined()
    })
  })

  describe('of previews and drift checks', () => {
    it('alternate with the changes of their own team', async () => {
      await givenMany('one', 4)
      await givenMany('one', 2, 'preview')
      expect(await servedOneByOne(6, ({ kind }) => kind)).toEqual([
        'create',
        'preview',
        'create',
        'preview',
        'create',
        'create'
      ])
    })

    it('do not wait for what changes their environment', async () => {
      const { id } = await givenEnvironment(db())
      await givenClaim(db(), (await givenOperation(db(), id)).id)
      await givenOperation(db(), id, 'delete')
      const check = await givenOperation(db(), id, 'drift-check')
      expect(await claim()).toMatchObject({ id: check.id })
      expect(await claim()).toBeUndefined()
    })

    it('are not held up by the limit of their team', async () => {
      await givenMany('one', 2)
      await givenMany('one', 2, 'preview')
      const kinds = [
        await claim({ teamLimit: 1 }),
        await claim({ teamLimit: 1 }),
        await claim({ teamLimit: 1 }),
        await claim({ teamLimit: 1 })
      ].map((operation) => operation?.kind)
      expect(kinds).toEqual(['create', 'preview', 'preview', undefined])
    })

    it('come also where there is no environment yet', async () => {
      const result = await insertOperation(db(), {
        id: ids.operation(),
        environmentId: null,
        team: 'new',
        kind: 'preview',
        input: { preview: PREVIEW },
        generation: 1,
        requestId: null
      })
      expect(result.outcome).toBe('inserted')
      expect(await claim()).toMatchObject({ kind: 'preview', team: 'new' })
    })
  })

  describe('do not come', () => {
    it('before the time of another try', async () => {
      const { id } = await given('one')
      await postponeOperation(db(), await givenClaim(db(), id), { seconds: 3_600, error: failure })
      expect(await claim()).toBeUndefined()
      await sql`update operations set retry_at = clock_timestamp() where id = ${id}`.execute(db())
      expect(await claim()).toMatchObject({ id, attempt: 2, retry_at: null })
    })

    it('to what was cancelled', async () => {
      const { id } = await given('one')
      await requestCancel(db(), id, failure)
      expect(await claim()).toBeUndefined()
    })
  })

  describe('of an operation whose engine is on another host', () => {
    const engine = { host: 'there', pid: 42, startTime: '4711' }

    async function givenLeft (): Promise<OperationRow> {
      const operation = await given('one')
      await setEngine(db(), await givenClaim(db(), operation.id), engine)
      await sql`update operations set lease_until = clock_timestamp() - interval '1 second'`.execute(db())
      return operation
    }

    it('come on that host only, while it is alive', async () => {
      const { id } = await givenLeft()
      await seeHost(db(), 'there')
      expect(await claim()).toBeUndefined()
      expect(await isBound(db(), id, CLAIM)).toBe(true)
      expect(await isBound(db(), id, { ...CLAIM, host: 'there' })).toBe(false)
      expect(await claim({ host: 'there' })).toMatchObject({ id, attempt: 2, engine })
    })

    it('come anywhere once nobody has heard of that host for long enough', async () => {
      const { id } = await givenLeft()
      await seeHost(db(), 'there')
      await sql`update hosts set seen_at = seen_at - interval '601 seconds'`.execute(db())
      expect(await isBound(db(), id, CLAIM)).toBe(false)
      expect(await isHostGone(db(), 'there', { goneSeconds: 600, since: new Date() })).toBe(true)
      // On somebody's own machine, where no worker ever was, engines run as well.
      expect(await isHostGone(db(), 'laptop', { goneSeconds: 600, since: new Date() })).toBe(false)
      expect(await isHostGone(db(), 'laptop', { goneSeconds: 600, since: new Date(Date.now() - 3_600_000) })).toBe(true)
      expect(await claim()).toMatchObject({ id, attempt: 2, engine })
    })

    it('do not hold up what others wait for', async () => {
      await givenLeft()
      await seeHost(db(), 'there')
      const other = await given('one')
      expect(await claim()).toMatchObject({ id: other.id })
    })
  })
})
