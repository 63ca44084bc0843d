import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { failureOf, reached, withEngine, type EngineFixture } from '../../support/engine/harness.ts'
import type { Behaviour } from '../../support/engine/programs.ts'

const stateOf = async ({ dataDir }: EngineFixture): Promise<string> =>
  readFile(join(dataDir, 'state', '.pulumi', 'stacks', 'batchyard', 'env.json'), 'utf8')

const leftIn = async ({ dataDir }: EngineFixture): Promise<string[]> => readdir(join(dataDir, 'reads'))

const FIRST: Behaviour = {
  detailed: {
    moves: { inputs: { name: 'one', size: 1 } },
    grows: { inputs: { size: 1, old: true } },
    stays: { inputs: { size: 1 }, password: 'hush' },
    goes: { inputs: {} }
  }
}
const SECOND: Behaviour = {
  detailed: {
    moves: { inputs: { name: 'two', size: 1 } },
    grows: { inputs: { size: 2, fresh: true } },
    stays: { inputs: { size: 1 }, password: 'hush' },
    comes: { inputs: {} }
  }
}

/** Changes or removes a resource of the pretended cloud behind the engine's back. */
function byHand ({ provider: { resources } }: EngineFixture, name: string, change?: Record<string, unknown>): void {
  const [id = ''] = [...resources.keys()].filter((key) => key.startsWith(`${name}-`))
  if (change === undefined) resources.delete(id)
  else resources.set(id, { ...resources.get(id), ...change } as NonNullable<ReturnType<typeof resources.get>>)
}

describe.each(await enginesPresent())('on the $kind engine', (executable) => {
  test('a preview of a stack that does not exist lists the creates, starts one engine and leaves nothing', async () => {
    await withEngine(executable, async (fixture) => {
      const events: EngineEvent[] = []
      const { changes, ...rest } = await fixture.run('preview', 'env', FIRST, { events })
      expect(changes.map(({ name, action, properties, id }) => [name, action, properties, id]).toSorted()).toEqual(
        ['goes', 'grows', 'moves', 'stays'].map((name) => [name, 'create', [], undefined])
      )
      expect(changes[0]).toMatchObject({
        urn: expect.stringContaining('urn:pulumi:env::batchyard::'),
        resourceType: 'test:index:Thing'
      })
      expect(rest).toEqual({ resources: 0, stateFingerprint: '' })
      expect(fixture.starts).toEqual(['preview'])
      expect(fixture.provider.resources.size).toBe(0)
      await expect(stateOf(fixture)).rejects.toThrow('ENOENT')
      expect(await leftIn(fixture)).toEqual([])
      expect(events).toContainEqual({ type: 'plan', total: 4 })
      expect(new Set(events.flatMap((event) => (event.type === 'resource' ? [event.action] : [])))).toEqual(
        new Set(['read'])
      )
      expect(await fixture.engine.resources('env')).toEqual([])
    })
  })

  test('a preview with a refresh tells what an up with one would repair, and touches nothing', async () => {
    await withEngine(executable, async (fixture) => {
      await fixture.up('env', FIRST)
      byHand(fixture, 'goes')
      const before = await stateOf(fixture)
      expect((await fixture.run('preview', 'env', FIRST)).changes).toEqual([])
      const { changes } = await fixture.run('preview', 'env', FIRST, { task: { refresh: true } })
      expect(changes.map(({ name, action }) => [name, action])).toEqual([['goes', 'create']])
      expect(await stateOf(fixture)).toBe(before)
      expect(await leftIn(fixture)).toEqual([])
    })
  })

  test('a preview lists creates, updates, replacements and deletes with the reasons, and changes nothing', async () => {
    await withEngine(executable, async (fixture) => {
      await fixture.up('env', FIRST)
      const before = await stateOf(fixture)
      const { changes, resources, stateFingerprint } = await fixture.run('preview', 'env', SECOND)
      expect(
        changes
          .map(({ name, action, id, properties }) => ({ name, action, id, properties }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      ).toEqual([
        { name: 'comes', action: 'create', id: undefined, properties: [] },
        { name: 'goes', action: 'delete', id: expect.stringMatching(/^goes-/), properties: [] },
        {
          name: 'grows',
          action: 'update',
          id: expect.stringMatching(/^grows-/),
          properties: [
            { path: 'fresh', action: 'add', replaces: false },
            { path: 'old', action: 'delete', replaces: false },
            { path: 'size', action: 'update', replaces: false }
          ]
        },
        {
          name: 'moves',
          action: 'replace',
          id: expect.stringMatching(/^moves-/),
          properties: [{ path: 'name', action: 'update', replaces: true }]
        }
      ])
      expect([resources, stateFingerprint]).toEqual([4, expect.stringMatching(/^[0-9a-f]{64}$/)])
      expect(await stateOf(fixture)).toBe(before)
      expect((await fixture.run('preview', 'env', FIRST)).changes).toEqual([])
      expect(fixture.provider.resources.size).toBe(4)
    })
  })

  test('a preview and a drift check run beside a running up of the same stack', async () => {
    await withEngine(executable, async (fixture) => {
      await fixture.up('env', FIRST)
      const gate = fixture.provider.hold('Create', 'comes')
      const up = fixture.up('env', SECOND)
      await reached(gate, up)
      const [preview, drift] = [
        await fixture.run('preview', 'env', { ...SECOND, things: ['later'] }),
        await fixture.run('drift', 'env', SECOND)
      ]
      expect(preview.changes.map(({ name, action }) => `${action} ${name}`)).toContain('create later')
      expect(drift.drifted).toEqual([])
      gate.release()
      expect(await up).toMatchObject({ resources: 4 })
      expect((await fixture.run('preview', 'env', SECOND)).changes).toEqual([])
    }, { concurrency: 3 })
  })

  test('what a preview refuses or cannot know fails as a run does, and leaves nothing', async () => {
    await withEngine(executable, async (fixture) => {
      expect(
        await failureOf(fixture.run('preview', 'env', { throws: '[default-vpc-missing] no default VPC' }))
      ).toMatchObject({ code: 'default-vpc-missing' })
      expect(
        await failureOf(fixture.run('preview', 'env', { detailed: { bad: { inputs: { invalid: 'x' } } } }))
      ).toMatchObject({
        detail: expect.stringContaining('this property must not be set')
      })
      const control = new AbortController()
      const hanging = failureOf(
        fixture.run(
          'preview',
          'env',
          { hangs: true },
          {
            signal: control.signal,
            onEngineStarted: async () => {
              control.abort()
            }
          }
        )
      )
      expect(await hanging).toMatchObject({ code: 'cancelled' })
      expect(await leftIn(fixture)).toEqual([])
    })
  })

  test('an up that expects the previewed state runs on that one only, and its refusal touches nothing', async () => {
    await withEngine(executable, async (fixture) => {
      const none = await fixture.run('preview', 'env', FIRST)
      await fixture.up('env', FIRST, { task: { expectState: none.stateFingerprint } })
      expect(
        await failureOf(fixture.up('env', SECOND, { task: { expectState: none.stateFingerprint } }))
      ).toMatchObject({ code: 'preview-outdated' })
      const first = await fixture.run('preview', 'env', SECOND)
      await fixture.up('env', FIRST)
      expect((await fixture.run('drift', 'env', FIRST)).stateFingerprint).toBe(first.stateFingerprint)
      await fixture.up('env', SECOND, { task: { expectState: first.stateFingerprint } })
      const calls = fixture.provider.calls.length
      expect(
        await failureOf(fixture.up('env', FIRST, { task: { expectState: first.stateFingerprint } }))
      ).toMatchObject({ code: 'preview-outdated' })
      expect(fixture.provider.calls).toHaveLength(calls)
    })
  })

  test('a drift check lists changes by hand, once and without secrets; an up with refresh repairs them', async () => {
    await withEngine(executable, async (fixture) => {
      const wanted: Behaviour = {
        detailed: {
          plain: { inputs: { size: 1, tags: { a: 'x', b: 'y' } } },
          gone: { inputs: {} },
          secret: { inputs: { size: 1 }, password: 'hush' },
          same: { inputs: {} }
        }
      }
      await fixture.up('env', wanted)
      expect((await fixture.run('drift', 'env', wanted)).drifted).toEqual([])
      byHand(fixture, 'plain', { size: 9, tags: { a: 'z', c: ['new'] } })
      byHand(fixture, 'gone')
      byHand(fixture, 'secret', { password: 'changed' })
      const before = await stateOf(fixture)
      const events: EngineEvent[] = []
      const { drifted, resources } = await fixture.run('drift', 'env', wanted, { events })
      expect(await stateOf(fixture)).toBe(before)
      expect(resources).toBe(4)
      const byName = Object.fromEntries(drifted.map(({ name, ...rest }) => [name, rest]))
      expect(Object.keys(byName).toSorted()).toEqual(['gone', 'plain', 'secret'])
      expect(byName['gone']).toMatchObject({ status: 'missing', properties: [], id: expect.stringMatching(/^gone-/) })
      expect(byName['plain']).toMatchObject({
        status: 'changed',
        properties: [
          { path: 'size', expected: 1, actual: 9 },
          { path: 'tags.a', expected: 'x', actual: 'z' },
          { path: 'tags.b', expected: 'y', actual: null },
          { path: 'tags.c', expected: null, actual: ['new'] }
        ]
      })
      expect(byName['secret']?.properties).toEqual([{ path: 'password', expected: '[secret]', actual: '[secret]' }])
      expect(JSON.stringify([drifted, events])).not.toContain('hush')
      expect(events[0]).toEqual({ type: 'plan', total: 4 })
      expect(await leftIn(fixture)).toEqual([])
      expect(await fixture.up('env', wanted, { task: { refresh: true } })).toMatchObject({ resources: 4 })
      expect(fixture.provider.resources.size).toBe(4)
      expect((await fixture.run('drift', 'env', wanted)).drifted).toEqual([])
      expect((await fixture.run('preview', 'env', wanted)).changes).toEqual([])
    })
  })
})
