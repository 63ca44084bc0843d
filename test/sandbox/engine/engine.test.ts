import { expect, test } from 'vitest'
import { findEngine } from '../../../src/engine/index.ts'
import { pulumi, thing } from '../../support/engine/resources.ts'
import { withStack } from '../../support/engine/stack.ts'

const engine = await findEngine({ engine: 'sandbox', cloud: 'sandbox', path: '' })

class Foreign extends pulumi.CustomResource {
  constructor () {
    super('nowhere:index:Thing', 'foreign', {})
  }
}

test.each([
  ['the resource option import', async () => { thing('a', {}, { import: 'id' }) }],
  ['the resource option hideDiffs', async () => { thing('a', {}, { hideDiffs: ['value'] }) }],
  ['assets and archives', async () => { thing('a', { file: new pulumi.asset.StringAsset('text') }) }],
  ['reading resources that it does not manage', async () => { thing('b', {}, { id: 'id' }) }]
])('what is not implemented is named: %s', async (name, program) => {
  await withStack(engine, async (stack) => {
    await stack.up(async () => { thing('a', { name: 'first' }) })
    await expect(stack.up(program)).rejects.toThrow(`the sandbox engine does not implement ${name}`)
    expect([...stack.provider.resources.keys()]).toEqual(['a-1'])
  })
})

test('a package without an attached provider is named', async () => {
  await withStack(engine, async (stack) => {
    await expect(stack.up(async () => { return { id: new Foreign().id } }))
      .rejects.toThrow('the sandbox engine has no provider for package \'nowhere\'')
  })
})

test('a second signal ends the engine at once and leaves the lock', async () => {
  await withStack(engine, async (stack) => {
    const slow = stack.provider.hold('Create', 'slow')
    const refused = expect(stack.up(async () => { thing('slow') })).rejects.toThrow()
    await slow.entered
    const [owner] = await stack.lockOwners()
    process.kill(owner ?? 0, 'SIGINT')
    while (!stack.provider.calls.some(({ method }) => method === 'Cancel')) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    process.kill(owner ?? 0, 'SIGTERM')
    await refused
    slow.release()
    expect(await stack.locks()).toHaveLength(1)
    expect((await stack.state()).pending).toHaveLength(1)
  })
})

test('a program that never ends is left when the deployment is cancelled', async () => {
  await withStack(engine, async (stack) => {
    const controller = new AbortController()
    const made = stack.provider.hold('Create', 'made')
    const up = stack.up(async () => { thing('made'); await new Promise(() => {}) }, { signal: controller.signal })
    const refused = expect(up).rejects.toThrow('update canceled')
    await made.entered
    controller.abort()
    made.release()
    await refused
    expect(await stack.locks()).toEqual([])
  })
})

test('a hundred resources are created side by side within the limit, each saved', async () => {
  await withStack(engine, async (stack) => {
    const names = Array.from({ length: 100 }, (_, index) => `n${index}`)
    const { summary } = await stack.up(
      async () => {
        for (const name of names) thing(name, { value: name })
      },
      { parallel: 10 }
    )
    expect(summary.resourceChanges).toEqual({ create: 101 })
    expect((await stack.state()).resources).toHaveLength(102)
    expect(await stack.destroy()).toEqual({ delete: 101 })
  })
})
