import { describe, expect, test } from 'vitest'
import { enginesPresent } from '../../support/engine/engines.ts'
import { Group, TestProviderResource, pulumi, thing } from '../../support/engine/resources.ts'
import { nameOf, resource, eventLog, withStack } from '../../support/engine/stack.ts'

const chain = async () => {
  const first = thing('first', { value: 1, list: [1, { a: null }], empty: '' })
  const second = thing('second', { value: first.arn })
  const beside = thing('beside', { value: 2 }, { dependsOn: [first] })
  return { arn: second.arn, ids: [first.id, beside.id], number: 3 }
}

for (const engine of await enginesPresent()) {
  describe(`a deployment on the ${engine.kind} engine`, () => {
    test('creates what a program registers, dependencies first, and answers its outputs', async () => {
      await withStack(engine, async (stack) => {
        const { outputs, summary } = await stack.up(chain)
        expect(outputs['number']).toEqual({ value: 3, secret: false })
        expect(outputs['arn']?.value).toMatch(/^arn:test:second-/)
        expect(summary).toMatchObject({ kind: 'update', result: 'succeeded', resourceChanges: { create: 4 } })
        expect(stack.provider.names('Create')[0]).toBe('first')
        expect([...stack.provider.resources.keys()].map((id) => id.split('-')[0]).sort()).toEqual([
          'beside',
          'first',
          'second'
        ])
      })
    })

    test('keeps in the state what it made, with ids, inputs, outputs and dependencies', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(chain)
        const state = await stack.state()
        const first = resource(state, 'first')
        const second = resource(state, 'second')
        expect(first).toMatchObject({
          custom: true,
          inputs: { empty: '', list: [1, { a: null }], value: 1 },
          outputs: { region: 'none', value: 1 }
        })
        expect(first.parent).toBe('urn:pulumi:dev::contract::pulumi:pulumi:Stack::contract-dev')
        expect(second).toMatchObject({
          inputs: { value: first.outputs?.['arn'] },
          dependencies: [first.urn],
          propertyDependencies: { value: [first.urn] }
        })
        expect(resource(state, 'beside').dependencies).toEqual([first.urn])
        expect(state.resources.findIndex(({ urn }) => urn === first.urn)).toBeLessThan(
          state.resources.findIndex(({ urn }) => urn === second.urn)
        )
        expect(state.pending).toEqual([])
      })
    })

    test('sends its events in order, from the prelude to the end', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(chain)
        const { events } = stack
        expect(events[0]?.preludeEvent).toEqual({ config: {} })
        expect(events.at(-1)?.cancelEvent).toEqual({})
        expect(events.at(-2)?.summaryEvent).toMatchObject({
          maybeCorrupt: false,
          resourceChanges: { create: 4 },
          PolicyPacks: {},
          result: 'succeeded'
        })
        const lines = eventLog(events)
        expect(lines[0]).toBe('create contract-dev')
        for (const name of ['default', 'first', 'second', 'beside']) {
          expect(lines.indexOf(`create ${name}`)).toBeLessThan(lines.indexOf(`create ${name} done`))
        }
        expect(lines.indexOf('create first done')).toBeLessThan(lines.indexOf('create second'))
        expect(lines).toContain('create contract-dev done')
        const made = events.find(({ resOutputsEvent }) => resOutputsEvent?.metadata.urn.endsWith('::first'))
          ?.resOutputsEvent?.metadata
        expect(made).toMatchObject({
          op: 'create',
          old: null,
          detailedDiff: null,
          logical: true,
          type: 'test:index:Thing'
        })
        expect(made?.new).toMatchObject({ custom: true, inputs: { value: 1 }, outputs: { value: 1 } })
      })
    })

    test('finds nothing to change the second time', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(chain)
        const before = await stack.state()
        const { summary } = await stack.up(chain)
        expect(summary.resourceChanges).toEqual({ same: 4 })
        expect(stack.provider.names('Create')).toHaveLength(3)
        expect((await stack.state()).resources.map(({ urn, id }) => `${urn} ${id}`).sort())
          .toEqual(before.resources.map(({ urn, id }) => `${urn} ${id}`).sort())
      })
    })

    test('destroys dependents first and leaves nothing', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(chain)
        expect(await stack.destroy()).toEqual({ delete: 4 })
        expect(stack.provider.names('Delete').at(-1)).toBe('first')
        expect(stack.provider.resources.size).toBe(0)
        expect((await stack.state()).resources).toEqual([])
        expect((await stack.history()).map(({ kind, result }) => `${kind} ${result}`)).toEqual([
          'update succeeded',
          'destroy succeeded'
        ])
        expect(await stack.locks()).toEqual([])
      })
    })

    test('works on independent resources at the same time', async () => {
      await withStack(engine, async (stack) => {
        const gates = [stack.provider.hold('Create', 'left'), stack.provider.hold('Create', 'right')]
        const up = stack.up(async () => {
          const left = thing('left')
          const right = thing('right')
          return { both: thing('both', { value: pulumi.interpolate`${left.arn} ${right.arn}` }).arn }
        })
        await Promise.all(gates.map(async ({ entered }) => entered))
        expect(stack.provider.names('Create')).not.toContain('both')
        expect(
          (await stack.state()).pending.map(({ type, resource: { urn } }) => `${type} ${nameOf(urn)}`).sort()
        ).toEqual(['creating left', 'creating right'])
        for (const gate of gates) gate.release()
        await up
        expect((await stack.state()).pending).toEqual([])
      })
    })

    test('updates in place, and deletes what the program no longer registers', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(async () => { thing('kept', { value: 1 }); thing('dropped', {}) })
        const { summary } = await stack.up(async () => { thing('kept', { value: 2 }) })
        expect(summary.resourceChanges).toEqual({ same: 1, update: 1, delete: 1 })
        expect(resource(await stack.state(), 'kept')).toMatchObject({ inputs: { value: 2 }, outputs: { value: 2 } })
        expect(stack.provider.resources.size).toBe(1)
      })
    })

    test('gives each explicit provider its own configured connection, for resources and for functions', async () => {
      await withStack(engine, async (stack) => {
        const { outputs } = await stack.up(async () => {
          const [east, west] = ['east', 'west'].map((region) => new TestProviderResource(region, { region }))
          const answer = (await pulumi.runtime.invoke(
            'test:index:echo',
            { question: 1 },
            { provider: west as TestProviderResource }
          )) as object
          return {
            a: thing('a', {}, { provider: east as TestProviderResource }).region,
            b: thing('b', {}, { provider: west as TestProviderResource }).region,
            answer
          }
        })
        expect(outputs).toMatchObject({
          a: { value: 'east' },
          b: { value: 'west' },
          answer: { value: { question: 1, region: 'west' } }
        })
        const order = stack.provider.calls.map(({ method }) => method)
        expect(order.filter((method) => method === 'Configure')).toHaveLength(2)
        expect(
          new Set(stack.provider.calls.filter(({ method }) => method === 'Cancel').map(({ peer }) => peer)).size
        ).toBe(2)
        expect(order.indexOf('CheckConfig')).toBeLessThan(order.indexOf('Configure'))
      })
    })

    test('puts children under their component, which has outputs and is no custom resource', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(async () => {
          const group = new Group('group')
          thing('child', {}, { parent: group })
        })
        const state = await stack.state()
        expect(resource(state, 'group')).toMatchObject({ custom: false, type: 'test:group:Group' })
        expect(resource(state, 'child').urn).toBe('urn:pulumi:dev::contract::test:group:Group$test:index:Thing::child')
        expect(resource(state, 'child').parent).toBe(resource(state, 'group').urn)
        expect(eventLog(stack.events).filter((line) => line === 'create group done')).toHaveLength(1)
      })
    })

    test('takes no notice of an alias that names nothing', async () => {
      await withStack(engine, async (stack) => {
        const program = async () => {
          thing('named', {}, { aliases: [{ type: 'test:index:Other' }, { name: 'former' }] })
        }
        await stack.up(program)
        expect((await stack.up(program)).summary.resourceChanges).toEqual({ same: 2 })
      })
    })

    test('honours timeouts, ignored changes, and deletion with another resource', async () => {
      await withStack(engine, async (stack) => {
        const program = (value: number) => async () => {
          const bucket = thing('bucket', {}, { customTimeouts: { create: '5m', delete: '1m30s' } })
          thing('policy', { bucket: bucket.arn }, { deletedWith: bucket })
          thing('scaled', { value, name: 'x' }, { ignoreChanges: ['value'] })
        }
        await stack.up(program(1))
        expect((await stack.up(program(2))).summary.resourceChanges).toEqual({ same: 4 })
        await stack.destroy()
        const { calls } = stack.provider
        expect(calls.find(({ method, urn }) => method === 'Create' && urn?.endsWith('::bucket'))?.timeout).toBe(300)
        expect(calls.find(({ method, urn }) => method === 'Delete' && urn?.endsWith('::bucket'))?.timeout).toBe(90)
        expect(stack.provider.names('Delete').sort()).toEqual(['bucket', 'scaled'])
      })
    })
  })
}
