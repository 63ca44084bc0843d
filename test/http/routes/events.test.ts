import { describe, expect, test } from 'vitest'
import { createBatchyardClient, type OperationEvent } from '../../../client/index.ts'
import { openStream } from '../../support/http/event-stream.ts'
import { addFault, clearFaults } from '../../support/http/faults.ts'
import { ended, launch, post, withDataDir, withService } from '../../support/service/service.ts'

const idsOf = (events: ReadonlyArray<{ id: number }>): number[] => events.map(({ id }) => id)
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

describe('The events of an operation', () => {
  test('are numbered without a gap, as a page, live, late, and resumed', async () => {
    await withService(async ({ base, client }) => {
      const { operation } = await post(client)
      const path = `/operations/${operation.id}/events`
      const live = await (await openStream(base, path)).all()
      const events = live.map(({ data }) => JSON.parse(data) as OperationEvent)
      const last = events.length
      expect(idsOf(events)).toEqual(upTo(last))
      expect(live.map(({ id }) => id)).toEqual(upTo(last).map(String))
      expect(live.map(({ event }) => event)).toEqual(events.map(({ event }) => event.type))
      expect(events.at(-1)?.event).toMatchObject({ type: 'state', state: 'succeeded' })

      // The stream ended by itself, and one that is opened late has it all.
      expect(await (await openStream(base, path)).all()).toEqual(live)
      expect(await (await openStream(base, path, { 'last-event-id': '7' })).all()).toEqual(live.slice(7))
      expect(await (await openStream(base, `${path}?after=7`)).all()).toEqual(live.slice(7))
      expect(await (await openStream(base, path, { 'last-event-id': String(last) })).all()).toEqual([])
      expect((await openStream(base, path, { 'last-event-id': 'x' })).response.status).toBe(400)

      const pages: OperationEvent[] = []
      for (let after: number | undefined = 0; after !== undefined;) {
        const response = await fetch(`${base}${path}?after=${after}&limit=10`)
        const page = await response.json() as { items: OperationEvent[], next: string | null }
        pages.push(...page.items)
        after = page.next === null ? undefined : Number(page.next)
      }
      expect(pages).toEqual(events)

      const { data: whole } = await client.GET('/operations/{id}', { params: { path: { id: operation.id } } })
      const plan = events.flatMap(({ event }) => event.type === 'plan' ? [event.total] : [])
      expect(whole?.progress).toEqual({ done: plan.at(-1), total: plan.at(-1) })
      expect(whole?.steps).toHaveLength(plan.at(-1) ?? -1)
      for (const step of whole?.steps ?? []) {
        expect(step).toMatchObject({
          action: 'create',
          status: 'succeeded',
          startedAt: expect.any(String),
          finishedAt: expect.any(String)
        })
      }

      const nobody = '/operations/op_00000000000000000000000000/events'
      expect((await openStream(base, nobody)).response.status).toBe(404)
      expect((await fetch(`${base}${nobody}`)).status).toBe(404)
    })
  })

  test('stream to a team\'s key, and not to another\'s', async () => {
    const admin = 'an-admin-key-of-24-or-more-characters'
    await withService(async ({ base, client }) => {
      const tokens: string[] = []
      for (const team of ['vision', 'audio']) {
        await client.PUT('/teams/{team}', {
          params: { path: { team } },
          body: { placement: { region: 'eu-central-1' } }
        })
        tokens.push((await client.POST('/keys', { body: { name: team, scope: 'team', team } })).data?.token ?? '')
      }
      const { operation } = await post(createBatchyardClient(base, tokens[0]))
      const [own, foreign] = await Promise.all(
        tokens.map((token) =>
          openStream(base, `/operations/${operation.id}/events`, { authorization: `Bearer ${token}` })
        )
      )
      expect((await own?.all())?.at(-1)?.data).toContain('succeeded')
      expect(foreign?.response.status).toBe(404)
    }, { settings: { BATCHYARD_ADMIN_KEY: admin } })
  })

  test('end with a hint when to come back where the service stops', async () => {
    await withDataDir(async (dataDir) => {
      const first = await launch(dataDir)
      await addFault(first.client, { kind: 'hang', on: 'create', type: 'aws:batch/jobQueue:JobQueue', count: 0 })
      const { operation } = await post(first.client)
      const open = await openStream(first.base, `/operations/${operation.id}/events`)
      const sent = open.all()
      // The stop waits for the engine, and the engine for its call.
      const stopped = first.service.stop()
      await sent
      expect(open.retries).toEqual([2000, 2000])
      await first.service.sandbox?.control.clearFaults()
      await stopped

      const second = await launch(dataDir)
      try {
        await clearFaults(second.client)
        expect((await ended(second.client, operation)).operation.state).toBe('succeeded')
      } finally {
        await second.service.stop()
      }
    })
  })
})
