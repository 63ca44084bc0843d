import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deployment } from '@pulumi/pulumi/automation/index.js'
import { describe, expect, test } from 'vitest'
import { enginesPresent } from '../../support/engine/engines.ts'
import { Group, pulumi, thing } from '../../support/engine/resources.ts'
import { nameOf, resource, withStack, type StateResource, type TestStack } from '../../support/engine/stack.ts'

const program = async () => {
  const root = thing('root', { value: 1, password: pulumi.secret('hunter2') })
  thing('child', { value: root.arn }, { parent: new Group('group') })
  return { token: root.token }
}

interface Exported {
  version: number
  deployment: {
    manifest: { magic: string }
    resources: StateResource[]
    pending_operations?: Array<{ type: string, resource: StateResource }>
  }
}

const exported = async (stack: TestStack): Promise<Exported> => await stack.stack.exportStack() as unknown as Exported

const importing = async (stack: TestStack, deployment: Exported): Promise<void> =>
  stack.stack.importStack(deployment as unknown as Deployment)

/** Leaves a pending create behind. */
async function interrupt (stack: TestStack): Promise<void> {
  const slow = stack.provider.hold('Create', 'slow')
  const refused = expect(stack.up(async () => { await program(); thing('slow', { value: 7 }) })).rejects.toThrow()
  await slow.entered
  const [owner] = await stack.lockOwners()
  process.kill(owner ?? 0, 'SIGKILL')
  await refused
  slow.release()
  await stack.stack.cancel()
}

const engines = await enginesPresent()

for (const engine of engines) {
  describe(`an export on the ${engine.kind} engine`, () => {
    test('holds everything, in clear text only when asked to, and can be imported again', async () => {
      await withStack(engine, async (stack) => {
        await importing(stack, await exported(stack))
        const { outputs } = await stack.up(program)
        const whole = await exported(stack)
        expect(whole.version).toBe(3)
        expect(JSON.stringify(whole)).toContain('hunter2')
        const { stdout } = await stack.command(['stack', 'export', '--stack', 'dev', '--non-interactive'])
        expect(stdout).not.toContain('hunter2')
        expect((JSON.parse(stdout) as Exported).deployment.resources).toEqual((await stack.state()).resources)
        await importing(stack, whole)
        expect((await stack.state()).text).not.toContain('hunter2')
        expect(await stack.locks()).toEqual([])
        expect(await stack.stack.outputs()).toEqual(outputs)
        expect(await stack.preview(program)).toEqual({ same: 4 })
      })
    })

    test('with a pending create is imported with the resource in its place; the next deployment keeps it', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(program)
        await interrupt(stack)
        const whole = await exported(stack)
        const [pending] = whole.deployment.pending_operations ?? []
        expect(pending).toMatchObject({ type: 'creating', resource: { inputs: { value: 7 } } })
        const [id = ''] = [...stack.provider.resources.keys()].filter((key) => key.startsWith('slow-'))
        if (pending) {
          whole.deployment.resources.push({ ...pending.resource, id, outputs: { ...stack.provider.resources.get(id) } })
        }
        await importing(stack, whole)
        const state = await stack.state()
        expect(state.pending).toEqual([])
        expect(resource(state, 'slow').id).toBe(id)
        expect(
          (
            await stack.up(async () => {
              await program()
              thing('slow', { value: 7 })
            })
          ).summary.resourceChanges
        ).toEqual({ same: 5 })
      })
    })

    test('that is of another stack, or broken, is refused with every reason', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(program)
        const { text } = await stack.state()
        const whole = await exported(stack)
        const changed = (change: (resources: StateResource[]) => StateResource[]): Exported => ({
          ...whole,
          deployment: { ...whole.deployment, resources: change(structuredClone(whole.deployment.resources)) }
        })
        const foreign = changed(
          (resources) =>
            JSON.parse(
              JSON.stringify(resources).replaceAll('urn:pulumi:dev::', 'urn:pulumi:other::')
            ) as StateResource[]
        )
        await expect(importing(stack, foreign)).rejects.toThrow(
          /is from a different stack \(other != dev\)[^]*rerun with --force to proceed anyway/
        )
        await expect(
          importing(
            stack,
            changed((resources) => resources.filter(({ urn }) => nameOf(urn) !== 'root'))
          )
        ).rejects.toThrow('refers to missing resource')
        await expect(
          importing(
            stack,
            changed((resources) => resources.filter(({ urn }) => nameOf(urn) !== 'default'))
          )
        ).rejects.toThrow('refers to unknown provider')
        await expect(
          importing(
            stack,
            changed((resources) => resources.reverse())
          )
        ).rejects.toThrow('state file contains errors')
        await expect(
          importing(stack, {
            ...whole,
            deployment: { ...whole.deployment, manifest: { ...whole.deployment.manifest, magic: 'x' } }
          })
        ).rejects.toThrow('magic cookie mismatch')
        expect((await stack.state()).text).toBe(text)
        const file = join(stack.folder, 'export.json')
        await writeFile(
          file,
          JSON.stringify(changed((resources) => resources.filter(({ urn }) => nameOf(urn) !== 'child')))
        )
        expect(
          (await stack.command(['stack', 'import', '--stack', 'dev', '--file', file, '--non-interactive'])).code
        ).toBe(0)
        expect((await stack.state()).resources).toHaveLength(4)
      })
    })
  })
}

const pairs = engines.flatMap((from) => engines.filter((to) => to !== from).map((to) => ({ from, to })))

describe.skipIf(pairs.length === 0)('what one engine exports', () => {
  for (const { from, to } of pairs) {
    test(`${from.kind} exports, ${to.kind} imports, and nothing changes`, async () => {
      await withStack(from, async (stack) => {
        const { outputs } = await stack.up(program)
        const other = await stack.on(to)
        await importing(other, await exported(stack))
        expect(await other.preview(program)).toEqual({ same: 4 })
        expect(await stack.preview(program)).toEqual({ same: 4 })
        expect((await exported(other)).deployment.resources).toEqual((await exported(stack)).deployment.resources)
        expect(await stack.stack.outputs()).toEqual(outputs)
      })
    })
  }
})
