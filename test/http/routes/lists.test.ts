import { describe, expect, test } from 'vitest'
import type { BatchyardClient } from '../../../client/index.ts'
import { addFault, clearFaults } from '../../support/http/faults.ts'
import { ended, post, remove, SPEC, withService } from '../../support/service/service.ts'

interface Query {
  team?: string
  name?: string
  label?: string[]
  phase?: 'creating' | 'deleting' | 'deleted' | 'ready'
  limit?: number
  cursor?: string
}

async function list (client: BatchyardClient, query: Query = {}) {
  const { data, error } = await client.GET('/environments', { params: { query } })
  if (!data) throw new Error(JSON.stringify(error))
  return { ids: data.items.map(({ id }) => id), next: data.next }
}

/** Every page from `cursor` on. */
async function rest (client: BatchyardClient, query: Query, cursor: string | null): Promise<string[]> {
  if (cursor === null) return []
  const { ids, next } = await list(client, { ...query, cursor })
  return [...ids, ...await rest(client, query, next)]
}

describe('Lists', () => {
  test('filter environments, and page through them unmoved by what is created meanwhile', async () => {
    await withService(async ({ client }) => {
      // Held at their first resource, so that the phases stand still.
      await addFault(client, { kind: 'hang', on: 'create', count: 0 })
      const accepted = []
      for (const [team, name] of [
        ['vision', 'a1'],
        ['vision', 'a2'],
        ['audio', 'a1'],
        ['audio', 'a3'],
        ['vision', 'a4']
      ] as const) {
        accepted.push(
          await post(client, {
            ...SPEC,
            team,
            name,
            labels: { 'cost-center': team === 'audio' ? '42' : '7', note: `${name}=b` }
          })
        )
      }
      const [v1, v2, u1, u3, v4] = accepted.map(({ id }) => id)
      expect((await list(client)).ids).toEqual([v4, u3, u1, v2, v1])
      expect((await list(client, { team: 'audio' })).ids).toEqual([u3, u1])
      expect((await list(client, { name: 'a1' })).ids).toEqual([u1, v1])
      expect((await list(client, { team: 'vision', name: 'a2' })).ids).toEqual([v2])
      expect((await list(client, { label: ['cost-center=42'] })).ids).toEqual([u3, u1])
      expect((await list(client, { label: ['cost-center=42', 'note=a1=b'] })).ids).toEqual([u1])
      expect((await list(client, { team: 'vision', label: ['note=a1=b'], limit: 1 })).ids).toEqual([v1])
      expect((await list(client, { label: ['cost-center=4'] })).ids).toEqual([])
      expect((await list(client, { phase: 'creating' })).ids).toHaveLength(5)
      expect(await list(client, { phase: 'ready' })).toEqual({ ids: [], next: null })
      expect((await list(client, { limit: 5 })).next).toBeNull()

      const first = await list(client, { limit: 2 })
      const newcomer = await post(client, { ...SPEC, name: 'a5' })
      expect([...first.ids, ...await rest(client, { limit: 2 }, first.next)]).toEqual([v4, u3, u1, v2, v1])
      expect((await list(client, { limit: 1 })).ids).toEqual([newcomer.id])

      await clearFaults(client)
      const deleting = await remove(client, newcomer.id)
      await ended(client, deleting.operation)
      expect((await list(client)).ids).not.toContain(newcomer.id)
      expect((await list(client, { phase: 'deleted' })).ids).toEqual([newcomer.id])
      for (const { operation } of accepted) await ended(client, operation)
    })
  })

  test('show teams by name in pages, and keys without their tokens', async () => {
    await withService(async ({ client }) => {
      const names = ['delta', 'alpha', 'charlie', 'bravo']
      for (const team of names) {
        await client.PUT('/teams/{team}', {
          params: { path: { team } },
          body: { placement: { region: 'eu-central-1' } }
        })
      }
      const one = await client.GET('/teams', { params: { query: { limit: 3 } } })
      expect(one.data?.items.map(({ team }) => team)).toEqual(['alpha', 'bravo', 'charlie'])
      const two = await client.GET('/teams', { params: { query: { limit: 3, cursor: one.data?.next ?? '' } } })
      expect(two.data).toMatchObject({ items: [{ team: 'delta', guardrails: {} }], next: null })

      const { data: key } = await client.POST('/keys', { body: { name: 'portal', scope: 'team', team: 'alpha' } })
      const { data: keys } = await client.GET('/keys', {})
      expect(keys?.items).toEqual([
        { id: key?.id, name: 'portal', scope: 'team', team: 'alpha', createdAt: key?.createdAt }
      ])
    })
  })
})
