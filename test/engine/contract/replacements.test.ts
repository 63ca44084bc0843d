import { describe, expect, test } from 'vitest'
import { enginesPresent } from '../../support/engine/engines.ts'
import { Group, TestProviderResource, thing } from '../../support/engine/resources.ts'
import { nameOf, resource, eventLog, withStack, type Program, type TestStack } from '../../support/engine/stack.ts'

/** What happened to which resource in the deployments since `from`, providers and the stack itself left out. */
const since = (stack: TestStack, from: number): string[] =>
  eventLog(stack.events.slice(from)).filter((line) => !/ (default|contract-dev)( |$)/.test(line))

const marked = async (stack: TestStack): Promise<string[]> =>
  (await stack.state()).resources.flatMap(({ urn, delete: doomed, pendingReplacement }) =>
    doomed || pendingReplacement ? [`${nameOf(urn)} ${doomed ? 'delete' : 'pending'}`] : []
  )

/** Something whose name replaces it, and two that need it: one that can follow in place, and one that can't. */
const family = (name: string, more: { first?: boolean, without?: string } = {}): Program => async () => {
  const root = thing('root', { name }, more.first === undefined ? {} : { deleteBeforeReplace: more.first })
  if (more.without !== 'follows') thing('follows', { value: root.arn })
  if (more.without !== 'moves') thing('moves', { name: root.arn })
}

const engines = await enginesPresent()

for (const engine of engines) {
  describe(`a replacement on the ${engine.kind} engine`, () => {
    test('creates the new resource, moves what needs it, and deletes the old ones last, dependents first', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(family('one'))
        const from = stack.events.length
        const { summary } = await stack.up(family('two'))
        expect(summary.resourceChanges).toEqual({ same: 1, replace: 2, update: 1 })
        const lines = since(stack, from)
        expect(lines.slice(0, 4)).toEqual([
          'create-replacement root',
          'create-replacement root done',
          'replace root',
          'replace root done'
        ])
        expect(lines.slice(-4)).toEqual([
          'delete-replaced moves',
          'delete-replaced moves done',
          'delete-replaced root',
          'delete-replaced root done'
        ])
        expect(lines).toEqual(
          expect.arrayContaining(['update follows done', 'create-replacement moves done', 'replace moves done'])
        )
        expect([...stack.provider.resources.keys()].map((id) => id.split('-')[0]).sort()).toEqual([
          'follows',
          'moves',
          'root'
        ])
        const steps = stack.events
          .slice(from)
          .flatMap(({ resOutputsEvent }) => (resOutputsEvent ? [resOutputsEvent.metadata] : []))
        const of = (op: string) => steps.find((step) => step.op === op && nameOf(step.urn) === 'root')
        expect(of('create-replacement')).toMatchObject({
          keys: ['name'],
          diffs: ['name'],
          old: { id: 'root-1', delete: true }
        })
        expect(of('replace')).toMatchObject({
          keys: ['name'],
          diffs: ['name'],
          logical: true,
          new: { inputs: { name: 'two' } }
        })
        expect(of('delete-replaced')).toMatchObject({ old: { id: 'root-1', delete: true }, new: null })
        expect([of('create-replacement')?.logical, of('delete-replaced')?.logical]).toEqual([undefined, undefined])
      })
    })

    test('keeps an old resource that could not be deleted, and the next deployment deletes it', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(family('one'))
        stack.provider.fail('Delete', 'root', 'still in use')
        await expect(stack.up(family('two'))).rejects.toThrow('still in use')
        expect(await marked(stack)).toEqual(['root delete'])
        stack.provider.heal()
        const from = stack.events.length
        expect((await stack.up(family('two'))).summary.resourceChanges).toEqual({ same: 4 })
        expect(since(stack, from).slice(-2)).toEqual(['delete-replaced root', 'delete-replaced root done'])
        expect(stack.provider.resources.has('root-1')).toBe(false)
        stack.provider.fail('Delete', 'root', 'still in use')
        await expect(stack.up(family('three'))).rejects.toThrow('still in use')
        stack.provider.heal()
        await stack.destroy()
        expect(stack.provider.resources.size).toBe(0)
      })
    })

    test('deletes first when asked to, with everything that can\'t stay meanwhile', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(family('one', { first: true }))
        const from = stack.events.length
        expect((await stack.up(family('two', { first: true }))).summary.resourceChanges).toEqual({
          same: 1,
          replace: 2,
          update: 1
        })
        const lines = since(stack, from)
        expect(lines.slice(0, 8)).toEqual([
          'delete-replaced moves', 'delete-replaced moves done', 'delete-replaced root', 'delete-replaced root done',
          'replace root', 'replace root done', 'create-replacement root', 'create-replacement root done'
        ])
        expect(lines.indexOf('replace moves done')).toBeLessThan(lines.indexOf('create-replacement moves'))
        expect(lines).toContain('update follows done')
        expect(stack.provider.names('Delete')).toEqual(['moves', 'root'])
        expect(await marked(stack)).toEqual([])
        expect((await stack.up(family('two', { first: true }))).summary.resourceChanges).toEqual({ same: 4 })
      })
    })

    test('that stopped half-way is continued by the next deployment, or dropped if it is not wanted', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(family('one', { first: true }))
        stack.provider.fail('Create', 'root', 'no capacity')
        await expect(stack.up(family('two', { first: true }))).rejects.toThrow('no capacity')
        expect((await marked(stack)).sort()).toEqual(['moves pending', 'root pending'])
        expect([...stack.provider.resources.keys()]).toEqual([expect.stringMatching(/^follows-/)])
        stack.provider.heal()
        const from = stack.events.length
        const { summary } = await stack.up(family('two', { first: true, without: 'moves' }))
        expect(summary.resourceChanges).toEqual({ same: 1, replace: 1, update: 1 })
        expect(since(stack, from)).toEqual(
          expect.arrayContaining(['create-replacement root done', 'remove-pending-replace moves'])
        )
        expect(await marked(stack)).toEqual([])
        // The CLI asks once more for what is gone already; the sandbox engine does not.
        expect(stack.provider.names('Delete').slice(0, 2)).toEqual(['moves', 'root'])
      })
    })

    test('takes the order the provider needs, unless the program says otherwise', async () => {
      await withStack(engine, async (stack) => {
        const program = (name: string, deleteBeforeReplace?: boolean): Program => async () => {
          thing('only', { name, exclusive: true }, deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace })
        }
        await stack.up(program('one'))
        const orderOf = async (next: Program): Promise<string[]> => {
          const from = stack.provider.calls.length
          await stack.up(next)
          return stack.provider.calls
            .slice(from)
            .map(({ method }) => method)
            .filter((method) => method === 'Create' || method === 'Delete')
        }
        expect(await orderOf(program('two'))).toEqual(['Delete', 'Create'])
        expect(await orderOf(program('three', false))).toEqual(['Create', 'Delete'])
      })
    })

    test('happens for the properties replaceOnChanges names, and for those only', async () => {
      await withStack(engine, async (stack) => {
        const program = (value: number, color: string): Program => async () => {
          thing('all', { value }, { replaceOnChanges: ['*'] })
          thing('some', { value, color }, { replaceOnChanges: ['color', 'nested.deep'] })
          thing(
            'ignored',
            { value, list: [{ a: value, b: value }] },
            { replaceOnChanges: ['*'], ignoreChanges: ['value', 'list[*].a', 'list[0].b'] }
          )
        }
        await stack.up(program(1, 'red'))
        expect((await stack.up(program(2, 'red'))).summary.resourceChanges).toEqual({ same: 2, replace: 1, update: 1 })
        expect((await stack.up(program(2, 'blue'))).summary.resourceChanges).toEqual({ same: 3, replace: 1 })
        expect(resource(await stack.state(), 'ignored').inputs).toMatchObject({ value: 1, list: [{ a: 1, b: 1 }] })
      })
    })

    test('honours protect, retainOnDelete and deletedWith', async () => {
      await withStack(engine, async (stack) => {
        const program = (name: string, more: { protect?: boolean, dependent?: boolean } = {}): Program => async () => {
          thing('guarded', { name: more.protect === undefined ? 'same' : name }, { protect: more.protect ?? true })
          thing('kept', { name }, { retainOnDelete: true })
          const bucket = thing('bucket', { name }, { deleteBeforeReplace: true })
          thing('policy', { fixed: 1 }, { deletedWith: bucket })
        }
        await stack.up(program('one'))
        const from = stack.provider.calls.length
        expect((await stack.up(program('two'))).summary.resourceChanges).toEqual({ same: 2, replace: 3 })
        const deleted = stack.provider.calls
          .slice(from)
          .filter(({ method }) => method === 'Delete')
          .map(({ urn }) => nameOf(urn ?? ''))
        expect(deleted).toEqual(['bucket'])
        await expect(stack.up(program('three', { protect: true }))).rejects.toThrow(
          'as it is currently marked for protection'
        )
        await stack.up(program('three', { protect: false }))
        expect(resource(await stack.state(), 'guarded').inputs).toEqual({ name: 'three' })
      })
    })

    test('does not happen when a dependent that would have to go is protected', async () => {
      await withStack(engine, async (stack) => {
        const program = (name: string): Program => async () => {
          const root = thing('root', { name }, { deleteBeforeReplace: true })
          thing('moves', { name: root.arn }, { protect: true })
        }
        await stack.up(program('one'))
        await expect(stack.up(program('two'))).rejects.toThrow('as part of replacing')
        expect(stack.provider.names('Delete')).toEqual([])
        expect(await marked(stack)).toEqual([])
      })
    })

    test('of a provider takes its resources along only if the provider says so', async () => {
      await withStack(engine, async (stack) => {
        const program = (region: string): Program => async () => {
          const east = new TestProviderResource('east', { region })
          const group = new Group('group', { providers: { test: east } })
          thing('child', { value: 1 }, { parent: group })
        }
        await stack.up(program('one'))
        expect((await stack.up(program('two'))).summary.resourceChanges).toEqual({ same: 3, update: 1 })
      })
    })
  })
}

const pairs = engines.flatMap((from) => engines.filter((to) => to !== from).map((to) => ({ from, to })))

describe.skipIf(pairs.length === 0)('a half-done replacement', () => {
  for (const { from, to } of pairs) {
    test(`of ${from.kind} is carried on by ${to.kind}, in both orders`, async () => {
      await withStack(from, async (stack) => {
        await stack.up(family('one', { first: true }))
        stack.provider.fail('Create', 'root', 'no capacity')
        await expect(stack.up(family('two', { first: true }))).rejects.toThrow('no capacity')
        stack.provider.heal()
        const other = await stack.on(to)
        expect((await other.up(family('two', { first: true }))).summary.resourceChanges).toEqual({
          same: 1,
          replace: 2,
          update: 1
        })
        stack.provider.fail('Delete', 'root', 'still in use')
        await expect(stack.up(family('three', { first: false }))).rejects.toThrow('still in use')
        stack.provider.heal()
        expect((await other.up(family('three', { first: false }))).summary.resourceChanges).toEqual({ same: 4 })
        expect(stack.provider.resources.size).toBe(3)
        expect((await stack.up(family('three', { first: false }))).summary.resourceChanges).toEqual({ same: 4 })
      })
    })
  }
})
