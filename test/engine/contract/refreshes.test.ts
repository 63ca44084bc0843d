import { describe, expect, test } from 'vitest'
import { enginesPresent } from '../../support/engine/engines.ts'
import { Group, pulumi, thing } from '../../support/engine/resources.ts'
import { nameOf, resource, withStack, type TestStack } from '../../support/engine/stack.ts'

const program = async () => {
  const root = thing('root', { value: 1, password: pulumi.secret('hunter2') })
  const group = new Group('group')
  thing('child', { value: root.arn }, { parent: group, deletedWith: root })
}

/** Changes or removes a resource of the pretended cloud behind the engine's back. */
function byHand (stack: TestStack, name: string, change?: Record<string, number>): void {
  const { resources } = stack.provider
  const [id = ''] = [...resources.keys()].filter((key) => key.startsWith(`${name}-`))
  if (change === undefined) resources.delete(id)
  else resources.set(id, { ...resources.get(id), ...change })
}

const engines = await enginesPresent()

for (const engine of engines) {
  describe(`a refresh on the ${engine.kind} engine`, () => {
    test('finds nothing where nothing has changed', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(program)
        const before = await stack.state()
        const from = stack.events.length
        expect(await stack.refresh()).toEqual({ same: 4 })
        const after = await stack.state()
        expect(
          after.resources.map(({ urn, inputs, outputs }) => [
            urn,
            nameOf(urn) === 'root' ? Object.keys(inputs ?? {}) : inputs,
            Object.keys(outputs ?? {})
          ])
        ).toEqual(
          before.resources.map(({ urn, inputs, outputs }) => [
            urn,
            nameOf(urn) === 'root' ? Object.keys(inputs ?? {}) : inputs,
            Object.keys(outputs ?? {})
          ])
        )
        expect(after.text).not.toContain('hunter2')
        const lines = stack.events.slice(from).flatMap(({ resourcePreEvent, resOutputsEvent }) => {
          const metadata = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata
          return metadata ? [`${metadata.op} ${nameOf(metadata.urn)}`] : []
        })
        for (const name of ['root', 'group', 'child', 'contract-dev']) {
          expect(lines).toEqual(expect.arrayContaining([`refresh ${name}`, `same ${name}`]))
        }
        expect((await stack.history()).map(({ kind, result }) => `${kind} ${result}`)).toEqual([
          'update succeeded',
          'refresh succeeded'
        ])
        expect((await stack.up(program)).summary.resourceChanges).toEqual({ same: 4 })
      })
    })

    test('takes in what was changed or removed by hand, and the next update repairs it', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(program)
        byHand(stack, 'root', { value: 9, extra: 1 })
        const { text } = await stack.state()
        expect(await stack.previewRefresh()).toEqual({ same: 3, update: 1 })
        expect((await stack.state()).text).toBe(text)
        const from = stack.events.length
        expect(await stack.refresh()).toEqual({ same: 3, update: 1 })
        const changed = stack.events
          .slice(from)
          .find(({ resOutputsEvent }) => resOutputsEvent?.metadata.op === 'update')?.resOutputsEvent?.metadata
        expect(changed).toMatchObject({
          diffs: expect.arrayContaining(['value', 'extra']),
          old: { outputs: { value: 1 } },
          new: { inputs: { value: 9 }, outputs: { value: 9, extra: 1 } }
        })
        expect(resource(await stack.state(), 'root')).toMatchObject({ inputs: { value: 9 }, outputs: { value: 9 } })
        expect((await stack.up(program)).summary.resourceChanges).toEqual({ same: 3, update: 1 })
        byHand(stack, 'root')
        expect(await stack.refresh()).toEqual({ same: 3, delete: 1 })
        const state = await stack.state()
        expect(state.resources.map(({ urn }) => nameOf(urn)).sort()).toEqual([
          'child',
          'contract-dev',
          'default',
          'group'
        ])
        expect(resource(state, 'child').dependencies).toBeUndefined()
        expect(JSON.stringify(state.resources)).not.toContain('::root')
        expect((await stack.up(program)).summary.resourceChanges).toMatchObject({ create: 1 })
        expect(stack.provider.resources.size).toBe(2)
      })
    })

    test('remembers what is unhealthy, and keeps what could not be read', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(program)
        stack.provider.spoil('Read', 'root', 'it lost its way')
        expect((await stack.refresh())['same']).toBe(4)
        expect(
          stack.events.find(({ diagnosticEvent }) => diagnosticEvent?.severity === 'warning')?.diagnosticEvent?.message
        ).toContain('it lost its way')
        expect(resource(await stack.state(), 'root').initErrors).toEqual(['it lost its way'])
        stack.provider.heal()
        stack.provider.fail('Read', 'root', 'no answer')
        await expect(stack.refresh()).rejects.toThrow('no answer')
        expect((await stack.state()).resources).toHaveLength(5)
        expect(await stack.locks()).toEqual([])
        stack.provider.heal()
        await stack.up(program)
        expect(resource(await stack.state(), 'root').initErrors).toBeUndefined()
      })
    })

    test('clears interrupted creates when asked to, and keeps them otherwise', async () => {
      await withStack(engine, async (stack) => {
        const slow = stack.provider.hold('Create', 'slow')
        const refused = expect(stack.up(async () => { thing('slow') })).rejects.toThrow()
        await slow.entered
        const [owner] = await stack.lockOwners()
        process.kill(owner ?? 0, 'SIGKILL')
        await refused
        slow.release()
        await stack.stack.cancel()
        await stack.refresh()
        expect((await stack.state()).pending).toHaveLength(1)
        await stack.refresh({ clearPendingCreates: true })
        expect((await stack.state()).pending).toEqual([])
      })
    })
  })
}

const pairs = engines.flatMap((from) => engines.filter((to) => to !== from).map((to) => ({ from, to })))

describe.skipIf(pairs.length === 0)('what one engine made and refreshed', () => {
  for (const { from, to } of pairs) {
    test(`on ${from.kind} is the same to ${to.kind}`, async () => {
      await withStack(from, async (stack) => {
        await stack.up(program)
        byHand(stack, 'child')
        await stack.refresh()
        const other = await stack.on(to)
        expect(await other.previewRefresh()).toEqual({ same: 3 })
        expect((await other.up(program)).summary.resourceChanges).toEqual({ same: 3, create: 1 })
        expect(await stack.refresh()).toEqual({ same: 4 })
      })
    })
  }
})
