import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StackAlreadyExistsError, StackNotFoundError } from '@pulumi/pulumi/automation/index.js'
import { describe, expect, test } from 'vitest'
import { enginesPresent } from '../../support/engine/engines.ts'
import { Group, TestProviderResource, pulumi, thing } from '../../support/engine/resources.ts'
import { nameOf, resource, withStack } from '../../support/engine/stack.ts'

const withSecrets = async () => {
  const made = thing(
    'thing',
    { password: pulumi.secret('hunter2'), nested: { deep: pulumi.secret({ pin: 4711 }) } },
    { additionalSecretOutputs: ['arn'] }
  )
  return { token: made.token, arn: made.arn, plain: made.region }
}

const engines = await enginesPresent()

for (const engine of engines) {
  describe(`a stack on the ${engine.kind} engine`, () => {
    test('that does not exist, exists already, or still has resources is an error of its own', async () => {
      await withStack(engine, async (stack) => {
        const { workspace } = stack.stack
        await expect(workspace.selectStack('nowhere')).rejects.toBeInstanceOf(StackNotFoundError)
        await expect(workspace.createStack('dev')).rejects.toBeInstanceOf(StackAlreadyExistsError)
        await stack.up(async () => { thing('a') })
        await expect(workspace.removeStack('dev')).rejects.toThrow('\'dev\' still has resources; removal rejected.')
        expect((await stack.command(['stack', 'select', '--stack', 'nowhere'])).code).toBe(6)
      })
    })

    test('is listed with its resources and its last update', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(async () => { thing('a') })
        const [listed, ...others] = await stack.stack.workspace.listStacks()
        expect(others).toEqual([])
        expect(listed).toMatchObject({ name: 'dev', resourceCount: 3 })
        expect(Date.parse(listed?.lastUpdate ?? '')).not.toBeNaN()
        expect((await stack.stack.workspace.whoAmI()).url).toBe(`file://${join(stack.folder, 'state')}`)
      })
    })

    test('leaves only the last checkpoint\'s copy and the backups when it is removed', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(async () => { thing('a') })
        await stack.destroy()
        await stack.stack.workspace.removeStack('dev')
        const files = (await readdir(join(stack.folder, 'state'), { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile() && !entry.name.endsWith('.attrs'))
          .map(({ name }) => name.replace(/\.\d+\.json/, '.N.json'))
        expect(files.sort()).toEqual(['dev.N.json', 'dev.N.json', 'dev.json.bak', 'meta.yaml'])
        expect(await readdir(join(stack.folder, 'work'))).not.toContain('Pulumi.dev.yaml')
      })
    })

    test('keeps secrets encrypted in the state and marks them in outputs and events', async () => {
      await withStack(engine, async (stack) => {
        const { outputs } = await stack.up(withSecrets)
        expect(outputs['token']).toMatchObject({ secret: true, value: expect.stringMatching(/^token-thing-/) })
        expect(outputs['arn']).toMatchObject({ secret: true })
        expect(outputs['plain']).toEqual({ secret: false, value: 'none' })
        const { text } = await stack.state()
        for (const hidden of ['hunter2', '4711', 'token-thing-']) {
          expect(text).not.toContain(hidden)
          expect(JSON.stringify(stack.events)).not.toContain(hidden)
        }
        expect((await stack.up(withSecrets)).summary.resourceChanges).toEqual({ same: 2 })
        expect(await stack.stack.outputs()).toEqual(outputs)
      })
    })

    test('with secrets does not open with another passphrase', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(withSecrets)
        const { code, stderr } = await stack.command(
          ['destroy', '--yes', '--skip-preview', '--stack', 'dev', '--non-interactive'],
          { PULUMI_CONFIG_PASSPHRASE: 'another' }
        )
        expect(code).not.toBe(0)
        expect(stderr).toContain('incorrect passphrase')
        expect(await stack.locks()).toEqual([])
      })
    })

    test('tells its history, newest first, a page at a time', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(async () => { thing('a') }, { message: 'the first' })
        await stack.up(async () => { thing('a') }, { message: 'the second' })
        expect((await stack.stack.history()).map(({ message }) => message)).toEqual(['the second', 'the first'])
        const [older] = await stack.stack.history(1, 2)
        expect(older).toMatchObject({
          message: 'the first',
          kind: 'update',
          result: 'succeeded',
          version: 0,
          resourceChanges: { create: 2 }
        })
        expect(older?.environment['exec.kind']).toBe('auto.inline')
      })
    })
  })
}

const pairs = engines.flatMap((from) => engines.filter((to) => to !== from).map((to) => ({ from, to })))

describe.skipIf(pairs.length === 0)('a stack handed over from one engine to another', () => {
  test('exists in both directions', () => { expect(pairs).toHaveLength(2) })

  for (const { from, to } of pairs) {
    test(`made by ${from.kind} is taken over by ${to.kind} without a change, and destroyed`, async () => {
      await withStack(from, async (stack) => {
        const program = async () => {
          const east = new TestProviderResource(
            'east',
            { region: 'east', key: pulumi.secret('k') },
            { version: '1.0.0' }
          )
          const plain = thing('plain', { nothing: null, list: [1, 'a', { b: true }] }, { version: '1.0.0' })
          const group = new Group('group', { providers: { test: east } })
          thing(
            'child',
            { plain, token: plain.arn },
            { parent: group, customTimeouts: { create: '5m' }, ignoreChanges: ['other'], replaceOnChanges: ['token'] }
          )
          return withSecrets()
        }
        const made = await stack.up(program)
        const other = await stack.on(to)
        const taken = await other.up(program)
        expect(taken.summary.resourceChanges).toEqual({ same: 6 })
        expect(taken.outputs).toEqual(made.outputs)
        expect((await stack.up(program)).summary.resourceChanges).toEqual({ same: 6 })
        await other.destroy()
        expect(stack.provider.resources.size).toBe(0)
        await stack.stack.workspace.removeStack('dev')
      })
    })

    test(`with a pending operation and a lock of ${from.kind} keeps both on ${to.kind}`, async () => {
      await withStack(from, async (stack) => {
        const slow = stack.provider.hold('Create', 'slow')
        const refused = expect(stack.up(async () => { thing('slow') })).rejects.toThrow()
        await slow.entered
        const [owner] = await stack.lockOwners()
        process.kill(owner ?? 0, 'SIGKILL')
        await refused
        slow.release()
        const other = await stack.on(to)
        await expect(other.destroy()).rejects.toThrow(`(pid ${owner})`)
        await other.stack.cancel()
        await other.up(async () => { thing('slow') })
        const state = await other.state()
        expect(state.pending.map(({ resource: { urn } }) => nameOf(urn))).toEqual(['slow'])
        expect(resource(state, 'slow').id).toMatch(/^slow-/)
      })
    })
  }
})
