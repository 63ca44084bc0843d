import { describe, expect, test } from 'vitest'
import { ended, post, SPEC, withService } from '../../support/service/service.ts'

describe('A team\'s limit', () => {
  test('is never exceeded, leaves slots to other teams, and every operation runs in the end', async () => {
    await withService(async ({ client }) => {
      const accepted = []
      for (const [n, team] of ['one', 'one', 'one', 'one', 'two'].entries()) {
        accepted.push(await post(client, { ...SPEC, team, name: `e-${n}` }))
      }
      const operations = []
      for (const { operation, team } of accepted) {
        operations.push({ team, ...(await ended(client, operation)).operation })
      }
      expect(operations.map(({ state }) => state)).toEqual(operations.map(() => 'succeeded'))
      const ofOne = operations
        .filter(({ team }) => team === 'one')
        .map(({ startedAt = '', finishedAt = '' }) => ({ startedAt: startedAt ?? '', finishedAt: finishedAt ?? '' }))
        .sort((a, b) => a.startedAt.localeCompare(b.startedAt))
      for (const [n, { finishedAt }] of ofOne.entries()) {
        expect(finishedAt <= (ofOne[n + 1]?.startedAt ?? '9')).toBe(true)
      }
      // It did not wait for those that were there before it.
      expect((operations[4]?.startedAt ?? '') < (ofOne[3]?.startedAt ?? '')).toBe(true)
    }, { settings: { BATCHYARD_WORKER_CONCURRENCY: '3', BATCHYARD_TEAM_CONCURRENCY: '1' } })
  })
})
