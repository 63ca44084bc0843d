import { describe, expect, test } from 'vitest'
import { enginesPresent } from '../../support/engine/engines.ts'
import { Group, TestProviderResource, pulumi, thing } from '../../support/engine/resources.ts'
import { nameOf, eventLog, withStack, type Program } from '../../support/engine/stack.ts'

const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

/** A family with everything a change can do to it. */
const family = (name: string, value: number, more = true): Program => async () => {
  const east = new TestProviderResource('east', { region: 'east' })
  const root = thing('root', { name })
  const group = new Group('group', { providers: { test: east } })
  thing('follows', { value: root.arn, secret: pulumi.secret(value) }, { parent: group })
  thing('moves', { name: root.arn })
  if (more) thing('dropped')
  return { arn: root.arn, value }
}

const engines = await enginesPresent()

for (const engine of engines) {
  describe(`a preview on the ${engine.kind} engine`, () => {
    test('tells what would be created, with what can\'t be known yet, and does nothing', async () => {
      await withStack(engine, async (stack) => {
        const before = (await stack.state()).text
        expect(await stack.preview(family('one', 1))).toEqual({ create: 7 })
        expect((await stack.state()).text).toBe(before)
        expect(await stack.locks()).toEqual([])
        expect(await stack.history()).toEqual([])
        expect([stack.provider.resources.size, stack.provider.names('Create')]).toEqual([0, []])
        expect(stack.events.at(-1)?.cancelEvent).toEqual({})
        expect(stack.events.at(-2)?.summaryEvent).toMatchObject({
          isPreview: true,
          maybeCorrupt: false,
          resourceChanges: { create: 7 },
          result: 'succeeded'
        })
        const news = new Map(
          stack.events.flatMap(({ resOutputsEvent }) =>
            resOutputsEvent ? [[nameOf(resOutputsEvent.metadata.urn), resOutputsEvent.metadata.new]] : []
          )
        )
        expect(news.get('root')).toMatchObject({ inputs: { name: 'one' }, outputs: { name: 'one', arn: unknown } })
        expect(news.get('root')?.id).toBe('')
        expect(news.get('east')?.id).toBe(unknown)
        expect(news.get('follows')).toMatchObject({ inputs: { value: unknown }, outputs: { region: 'east' } })
        expect(news.get('contract-dev')?.outputs).toEqual({ arn: unknown, value: 1 })
        const lines = eventLog(stack.events)
        expect(lines.indexOf('create root done')).toBeLessThan(lines.indexOf('create follows'))
      })
    })

    test('tells what would be updated, replaced, deleted and kept, also beside a running deployment', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(family('one', 1))
        expect(await stack.preview(family('one', 1))).toEqual({ same: 7 })
        const slow = stack.provider.hold('Create', 'slow')
        const up = stack.up(async () => { await family('one', 1)(); thing('slow') })
        await slow.entered
        const from = stack.events.length
        expect(await stack.preview(family('two', 1, false))).toEqual({ same: 3, replace: 2, update: 1, delete: 1 })
        expect(await stack.locks()).toHaveLength(1)
        slow.release()
        await up
        const steps = stack.events
          .slice(from)
          .flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []))
        const of = (op: string, name: string) => steps.find((step) => step.op === op && nameOf(step.urn) === name)
        expect(of('replace', 'root')).toMatchObject({
          keys: ['name'],
          logical: true,
          old: { inputs: { name: 'one' } },
          new: { inputs: { name: 'two' } }
        })
        expect(of('update', 'follows')).toMatchObject({ diffs: ['value'], new: { inputs: { value: unknown } } })
        expect(of('replace', 'moves')).toMatchObject({ keys: ['name'], new: { inputs: { name: unknown } } })
        expect(of('delete-replaced', 'root')).toMatchObject({ new: null })
        expect(of('delete', 'dropped')).toMatchObject({ new: null })
        expect([stack.provider.names('Update'), stack.provider.names('Delete')]).toEqual([[], []])
      })
    })

    test('of a destroy tells what would be deleted, and deletes nothing', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(family('one', 1))
        const { text } = await stack.state()
        const from = stack.events.length
        expect(await stack.previewDestroy()).toEqual({ delete: 7 })
        expect(stack.events.slice(from).at(-2)?.summaryEvent).toMatchObject({
          isPreview: true,
          resourceChanges: { delete: 7 }
        })
        expect((await stack.state()).text).toBe(text)
        expect(stack.provider.names('Delete')).toEqual([])
      })
    })

    test('fails where the deployment would be refused', async () => {
      await withStack(engine, async (stack) => {
        await expect(stack.preview(async () => { thing('bad', { invalid: 'x' }) }))
          .rejects.toThrow('property invalid value {x} has a problem: this property must not be set')
        await expect(
          stack.preview(async () => {
            throw new Error('a bug of the program')
          })
        ).rejects.toThrow('a bug of the program')
        await stack.up(async () => { thing('precious', { name: 'one' }, { protect: true }) })
        await expect(
          stack.preview(async () => {
            thing('precious', { name: 'two' }, { protect: true })
          })
        ).rejects.toThrow('unable to replace resource')
        expect(stack.provider.resources.size).toBe(1)
      })
    })
  })
}

const pairs = engines.flatMap((from) => engines.filter((to) => to !== from).map((to) => ({ from, to })))

describe.skipIf(pairs.length === 0)('after a hand-over', () => {
  for (const { from, to } of pairs) {
    test(`from ${from.kind} to ${to.kind} a preview shows no change`, async () => {
      await withStack(from, async (stack) => {
        await stack.up(family('one', 1))
        const other = await stack.on(to)
        expect(await other.preview(family('one', 1))).toEqual({ same: 7 })
        await stack.up(family('two', 2, false))
        expect(await other.preview(family('two', 2, false))).toEqual({ same: 6 })
      })
    })
  }
})
