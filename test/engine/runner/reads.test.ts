import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { failureOf, reached, withSeam, type Seam } from '../../support/engine/harness.ts'
import type { Behaviour } from '../../support/engine/programs.ts'

const stateOf = async ({ dataDir }: Seam): Promise<string> =>
  readFile(join(dataDir, 'state', '.pulumi', 'stacks', 'batchyard', 'env.json'), 'utf8')

const leftIn = async ({ dataDir }: Seam): Promise<string[]> => readdir(join(dataDir, 'reads'))

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
function byHand ({ provider: { resources } }: Seam, name: string, change?: Record<string, unknown>): void {
  const [id = ''] = [...resources.keys()].filter((key) => key.startsWith(`${name}-`))
  if (change === undefined) resources.delete(id)
  else resources.set(id, { ...resources.get(id), ...change } as NonNullable<ReturnType<typeof resources.get>>)
}

describe.each(await enginesPresent())('on the $kind engine', (executable) => {
  test('a preview of a stack that does not exist tells what would be created, starts one engine and leaves nothing', async () => {
    await withSeam(executable, async (seam) => {
      const events: EngineEvent[] = []
      const { changes, ...rest } = await seam.run('preview', 'env', FIRST, { events })
      expect(changes.map(({ name, action, properties, id }) => [name, action, properties, id]).toSorted()).toEqual(
        ['goes', 'grows', 'moves', 'stays'].map((name) => [name, 'create', [], undefined])
      )
      expect(changes[0]).toMatchObject({
        urn: expect.stringContaining('urn:pulumi:env::batchyard::'),
        resourceType: 'test:index:Thing'
      })
      expect(rest).toEqual({ resources: 0, stateFingerprint: '' })
      expect(seam.starts).toEqual(['preview'])
      expect(seam.provider.resources.size).toBe(0)
      await expect(stateOf(seam)).rejects.toThrow('ENOENT')
      expect(await leftIn(seam)).toEqual([])
      expect(events).toContainEqual({ type: 'plan', total: 4 })
      expect(new Set(events.flatMap((event) => (event.type === 'resource' ? [event.action] : [])))).toEqual(
        new Set(['read'])
      )
      expect(await seam.engine.resources('env')).toEqual([])
    })
  })

  test('a preview with a refresh tells what an up with one would repair, and touches nothing', async () => {
    await withSeam(executable, async (seam) => {
      await seam.up('env', FIRST)
      byHand(seam, 'goes')
      const before = await stateOf(seam)
      expect((await seam.run('preview', 'env', FIRST)).changes).toEqual([])
      const { changes } = await seam.run('preview', 'env', FIRST, { task: { refresh: true } })
      expect(changes.map(({ name, action }) => [name, action])).toEqual([['goes', 'create']])
      expect(await stateOf(seam)).toBe(before)
      expect(await leftIn(seam)).toEqual([])
    })
  })

  test('a preview tells each resource that would be created, updated, replaced or deleted, and why, and touches nothing', async () => {
    await withSeam(executable, async (seam) => {
      await seam.up('env', FIRST)
      const before = await stateOf(seam)
      const { changes, resources, stateFingerprint } = await seam.run('preview', 'env', SECOND)
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
      expect(await stateOf(seam)).toBe(before)
      expect((await seam.run('preview', 'env', FIRST)).changes).toEqual([])
      expect(seam.provider.resources.size).toBe(4)
    })
  })

  test('a preview and a drift check run beside a running up of the same stack', async () => {
    await withSeam(executable, async (seam) => {
      await seam.up('env', FIRST)
      const gate = seam.provider.hold('Create', 'comes')
      const up = seam.up('env', SECOND)
      await reached(gate, up)
      const [preview, drift] = [
        await seam.run('preview', 'env', { ...SECOND, things: ['later'] }),
        await seam.run('drift', 'env', SECOND)
      ]
      expect(preview.changes.map(({ name, action }) => `${action} ${name}`)).toContain('create later')
      expect(drift.drifted).toEqual([])
      gate.release()
      expect(await up).toMatchObject({ resources: 4 })
      expect((await seam.run('preview', 'env', SECOND)).changes).toEqual([])
    }, { concurrency: 3 })
  })

  test('what a preview refuses or cannot know fails as a run does, and leaves nothing', async () => {
    await withSeam(executable, async (seam) => {
      expect(
        await failureOf(seam.run('preview', 'env', { throws: '[default-vpc-missing] no default VPC' }))
      ).toMatchObject({ code: 'default-vpc-missing' })
      expect(
        await failureOf(seam.run('preview', 'env', { detailed: { bad: { inputs: { invalid: 'x' } } } }))
      ).toMatchObject({
        detail: expect.stringContaining('this property must not be set')
      })
      const control = new AbortController()
      const hanging = failureOf(
        seam.run(
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
      expect(await leftIn(seam)).toEqual([])
    })
  })

  test('an up that expects the previewed state runs on that one only, and its refusal touches nothing', async () => {
    await withSeam(executable, async (seam) => {
      const none = await seam.run('preview', 'env', FIRST)
      await seam.up('env', FIRST, { task: { expectState: none.stateFingerprint } })
      expect(
        await failureOf(seam.up('env', SECOND, { task: { expectState: none.stateFingerprint } }))
      ).toMatchObject({ code: 'preview-outdated' })
      const first = await seam.run('preview', 'env', SECOND)
      await seam.up('env', FIRST)
      expect((await seam.run('drift', 'env', FIRST)).stateFingerprint).toBe(first.stateFingerprint)
      await seam.up('env', SECOND, { task: { expectState: first.stateFingerprint } })
      const calls = seam.provider.calls.length
      expect(
        await failureOf(seam.up('env', FIRST, { task: { expectState: first.stateFingerprint } }))
      ).toMatchObject({ code: 'preview-outdated' })
      expect(seam.provider.calls).toHaveLength(calls)
    })
  })

  test('a drift check tells what was changed or removed by hand, once and without secrets, and an up with refresh repairs it', async () => {
    await withSeam(executable, async (seam) => {
      const wanted: Behaviour = {
        detailed: {
          plain: { inputs: { size: 1, tags: { a: 'x', b: 'y' } } },
          gone: { inputs: {} },
          secret: { inputs: { size: 1 }, password: 'hush' },
          same: { inputs: {} }
        }
      }
      await seam.up('env', wanted)
      expect((await seam.run('drift', 'env', wanted)).drifted).toEqual([])
      byHand(seam, 'plain', { size: 9, tags: { a: 'z', c: ['new'] } })
      byHand(seam, 'gone')
      byHand(seam, 'secret', { password: 'changed' })
      const before = await stateOf(seam)
      const events: EngineEvent[] = []
      const { drifted, resources } = await seam.run('drift', 'env', wanted, { events })
      expect(await stateOf(seam)).toBe(before)
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
      expect(await leftIn(seam)).toEqual([])
      expect(await seam.up('env', wanted, { task: { refresh: true } })).toMatchObject({ resources: 4 })
      expect(seam.provider.resources.size).toBe(4)
      expect((await seam.run('drift', 'env', wanted)).drifted).toEqual([])
      expect((await seam.run('preview', 'env', wanted)).changes).toEqual([])
    })
  })
})
