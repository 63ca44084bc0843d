import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import {
  writeOutcome,
  environmentById,
  environmentByName,
  environmentsQuery,
  insertEnvironment,
  pageOfEnvironments,
  type EnvironmentCriteria
} from '../../../src/store/queries/environments.ts'
import { finishOperation } from '../../../src/store/queries/attempts.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { givenClaim, givenEnvironment, givenOperation, ids } from '../../support/database/records.ts'

describeOnEachDatabase('environments', (use) => {
  const db = () => use().database.db

  describe('names', () => {
    it('refuses a second environment of one name in a team', async () => {
      const first = await givenEnvironment(db())
      const again = await insertEnvironment(db(), { ...first, id: ids.environment() })
      expect(again).toEqual({ outcome: 'exists' })
      expect(await environmentByName(db(), 'vision', 'training')).toEqual(first)
    })

    it('lets exactly one of two simultaneous requests have the name', async () => {
      const { team, name, ...values } = await givenEnvironment(db(), { name: 'other' })
      const results = await Promise.all(Array.from({ length: 8 }, async () =>
        insertEnvironment(db(), { ...values, id: ids.environment(), team, name: `${name}-2` })))
      expect(results.filter(({ outcome }) => outcome === 'inserted')).toHaveLength(1)
    })

    it('lets two teams use one name', async () => {
      await givenEnvironment(db(), { team: 'vision' })
      await givenEnvironment(db(), { team: 'speech' })
      expect(await environmentByName(db(), 'speech', 'training')).toMatchObject({ team: 'speech' })
    })

    it('frees the name once the environment is deleted, and keeps it readable', async () => {
      const { id } = await givenEnvironment(db())
      const fence = await givenClaim(db(), (await givenOperation(db(), id, 'delete')).id)
      expect(await writeOutcome(db(), fence, { phase: 'deleted', outputs: null })).toBe(true)
      expect(await environmentByName(db(), 'vision', 'training')).toBeUndefined()
      expect(await environmentById(db(), id)).toMatchObject({
        phase: 'deleted',
        outputs: null,
        deleted_at: expect.any(Date)
      })
      await expect(givenEnvironment(db())).resolves.toMatchObject({ phase: 'creating' })
    })
  })

  describe('changes by an operation', () => {
    const outputs = { ecs_cluster_name: 'c', job_queue_name: 'q', job_definition_arn: 'arn', subnet_ids: ['a', 'b'] }

    it('stores outputs and the observed generation', async () => {
      const { id } = await givenEnvironment(db())
      const fence = await givenClaim(db(), (await givenOperation(db(), id)).id)
      expect(await writeOutcome(db(), fence, { phase: 'ready', outputs, observedGeneration: 1 })).toBe(true)
      expect(await environmentById(db(), id)).toMatchObject({ phase: 'ready', outputs, observed_generation: 1 })
    })

    it('keeps the last good outputs when the change names none', async () => {
      const { id } = await givenEnvironment(db())
      const fence = await givenClaim(db(), (await givenOperation(db(), id)).id)
      await writeOutcome(db(), fence, { phase: 'ready', outputs, observedGeneration: 1 })
      await writeOutcome(db(), fence, { phase: 'degraded' })
      expect(await environmentById(db(), id)).toMatchObject({ phase: 'degraded', outputs, observed_generation: 1 })
    })

    it('writes nothing for an attempt that was taken over', async () => {
      const { id } = await givenEnvironment(db())
      const stale = await givenClaim(db(), (await givenOperation(db(), id)).id, -1)
      await givenClaim(db(), stale.operationId)
      expect(await writeOutcome(db(), stale, { phase: 'failed' })).toBe(false)
      expect(await environmentById(db(), id)).toMatchObject({ phase: 'creating' })
    })

    it('leaves the phase of an environment that a later operation is to delete', async () => {
      const { id } = await givenEnvironment(db())
      const create = await givenClaim(db(), (await givenOperation(db(), id)).id)
      const remove = await givenOperation(db(), id, 'delete')
      expect(await writeOutcome(db(), { operationId: remove.id, attempt: 0 }, { phase: 'deleting' })).toBe(true)
      await writeOutcome(db(), create, { phase: 'ready', outputs, observedGeneration: 1 })
      await finishOperation(db(), create, { state: 'succeeded' })
      expect(await environmentById(db(), id)).toMatchObject({ phase: 'deleting', outputs })
    })
  })

  describe('pages', () => {
    it('shows each environment once, newest first, while others are created and deleted', async () => {
      const made: string[] = []
      for (let n = 0; n < 7; n++) made.push((await givenEnvironment(db(), { name: `env-${n}` })).id)
      const first = await pageOfEnvironments(db(), { limit: 3 })
      await givenEnvironment(db(), { name: 'late' })
      const gone = await givenClaim(db(), (await givenOperation(db(), made[3] ?? '', 'delete')).id)
      await writeOutcome(db(), gone, { phase: 'deleted' })
      const second = await pageOfEnvironments(db(), { limit: 3, after: first.next ?? '' })
      expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual([6, 5, 4, 2, 1, 0].map((n) => made[n]))
      expect(second.next).toBeNull()
    })

    it('filters by team, name and phase, and never shows what the caller may not see', async () => {
      const mine = await givenEnvironment(db(), { team: 'vision', name: 'one' })
      await givenEnvironment(db(), { team: 'vision', name: 'two' })
      await givenEnvironment(db(), { team: 'speech', name: 'one' })
      const names = async (filter: object) =>
        (await pageOfEnvironments(db(), { limit: 10, ...filter })).rows.map(({ team, name }) => `${team}/${name}`)
      expect(await names({ team: 'vision' })).toEqual(['vision/two', 'vision/one'])
      expect(await names({ name: 'one' })).toEqual(['speech/one', 'vision/one'])
      expect(await names({ visibleTo: 'vision', name: 'one' })).toEqual(['vision/one'])
      expect(await names({ visibleTo: 'vision', team: 'speech' })).toEqual([])
      expect(await names({ phase: 'ready' })).toEqual([])
      const fence = await givenClaim(db(), (await givenOperation(db(), mine.id)).id)
      await writeOutcome(db(), fence, { phase: 'ready' })
      expect(await names({ team: 'vision', phase: 'ready' })).toEqual(['vision/one'])
    })

    it('filters by labels, all of which an environment must have', async () => {
      const labelled = async (name: string, labels: object): Promise<void> => {
        const { id } = await givenEnvironment(db(), { name })
        await sql`update environments set resolved = resolved || jsonb_build_object('labels',
          ${JSON.stringify(labels)}::jsonb) where id = ${id}`.execute(
          db()
        )
      }
      await labelled('one', { stage: 'dev', cost: '42' })
      await labelled('two', { stage: 'dev', cost: '4' })
      await labelled('odd', Object.fromEntries([['__proto__', 'x'], ['stage', '']]))
      await givenEnvironment(db(), { name: 'none' })
      const names = async (...labels: Array<readonly [string, string]>) =>
        (await pageOfEnvironments(db(), { limit: 10, labels })).rows.map(({ name }) => name)
      expect(await names(['stage', 'dev'])).toEqual(['two', 'one'])
      expect(await names(['stage', 'dev'], ['cost', '42'])).toEqual(['one'])
      expect(await names(['cost', '4'], ['cost', '42'])).toEqual([])
      expect([await names(['__proto__', 'x']), await names(['stage', '']), await names(['other', 'dev'])]).toEqual([
        ['odd'],
        ['odd'],
        []
      ])
    })

    it('reads a page of many environments from an index, whatever is filtered', async () => {
      // The planner counts pages: those of rows that other tests have deleted must be gone.
      await sql`truncate environments cascade`.execute(db())
      await givenEnvironment(db())
      // 200 teams with 100 environments each, a tenth of them deleted, under names every team uses.
      await sql`insert into teams (name, placement, guardrails) select 'team-' || n, '{}', '{}'
        from generate_series(0, 199) n`.execute(
          db()
        )
      await sql`insert into environments (id, team, name, cloud, phase, placement, spec, resolved, deleted_at)
        select 'env_' || lpad(n::text, 26, '0'), 'team-' || n % 200, 'name-' || n / 200, 'sandbox',
          case when n / 200 % 10 = 0 then 'deleted' else 'ready' end, '{}', '{}',
          jsonb_build_object('labels', jsonb_build_object('stage', 'dev', 'cost-center', (n % 500)::text)),
            case when n / 200 % 10 = 0 then now() end
        from generate_series(1, 20000) n`.execute(db())
      await sql`analyze environments`.execute(db())
      for (const filter of [
        {},
        { team: 'team-3' },
        { phase: 'deleted' },
        { visibleTo: 'team-3', phase: 'ready' },
        { name: 'name-71' },
        { labels: [['stage', 'dev']] },
        { team: 'team-42', labels: [['cost-center', '42']] }
      ] as const) {
        const plan = await explainPage(filter)
        expect(plan).toMatch(/Index (Only )?Scan/)
        expect(plan).not.toMatch(/Seq Scan/)
        expect(plan).not.toMatch(/Rows Removed by Filter: \d{3,}/)
      }
      // A label that few have is looked for among all that live, and no others.
      const rare = await explainPage({ labels: [['cost-center', '42']] })
      expect(rare).toMatch(/Index Scan Backward using environments_live on/)
      expect(rare).toMatch(/rows=30\b/)
    }, 240_000)
  })

  async function explainPage (filter: EnvironmentCriteria): Promise<string> {
    const lines = await environmentsQuery(db(), { limit: 50, ...filter }).explain('text', sql`analyze`)
    return lines.flatMap((line) => Object.values(line)).join('\n')
  }
})
