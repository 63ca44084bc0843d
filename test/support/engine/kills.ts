import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { findEngine } from '../../../src/engine/index.ts'
import { thing, type Thing } from './resources.ts'
import { withStack, type TestStack } from './stack.ts'

const engine = await findEngine({ engine: 'sandbox', cloud: 'sandbox', path: '' })

const count = 24

/** Three chains, so that creates, saves and registrations of different resources overlap. */
const program = async () => {
  const made: Thing[] = []
  for (let index = 0; index < count; index++) made.push(thing(`n${index}`, { value: made[index - 3]?.arn ?? 'none' }))
}

/** Kills the deployment as soon as the provider has been asked `calls` times. */
async function killAfter (
  stack: TestStack,
  { method, calls }: { method: string, calls: number },
  deployment: Promise<unknown>
): Promise<void> {
  const ended = deployment.then(
    () => true,
    () => true
  )
  while (stack.provider.names(method).length < calls) await new Promise((resolve) => setTimeout(resolve, 1))
  for (const owner of await stack.lockOwners()) process.kill(owner, 'SIGKILL')
  await ended
}

const urnsOf = async (stack: TestStack) => {
  const { resources, pending } = await stack.state()
  return {
    known: new Set(resources.filter(({ type }) => type === 'test:index:Thing').map(({ id }) => id)),
    pending: new Set(pending.map(({ type, resource: { urn } }) => `${type} ${urn.slice(urn.lastIndexOf('::') + 2)}`))
  }
}

/** Expects the state to name everything that may exist after the kill, and the next `up` to finish the work. */
export async function killWhileCreating (calls: number): Promise<void> {
  await withStack(engine, async (stack) => {
    await killAfter(stack, { method: 'Create', calls }, stack.up(program))
    const { known, pending } = await urnsOf(stack)
    for (const id of stack.provider.resources.keys()) {
      expect(known.has(id) || pending.has(`creating ${id.slice(0, id.lastIndexOf('-'))}`)).toBe(true)
    }
    for (const id of known) expect(stack.provider.resources.has(id ?? '')).toBe(true)
    await stack.stack.cancel()
    await stack.up(program)
    expect((await urnsOf(stack)).known.size).toBe(count)
  })
}

/** Expects the state to name everything that is left after the kill, and the next `destroy` to remove it. */
export async function killWhileDeleting (calls: number): Promise<void> {
  await withStack(engine, async (stack) => {
    await stack.up(program)
    await killAfter(stack, { method: 'Delete', calls }, stack.destroy())
    const { known } = await urnsOf(stack)
    for (const id of stack.provider.resources.keys()) expect(known.has(id)).toBe(true)
    await stack.stack.cancel()
    await stack.destroy()
    expect((await readdir(join(stack.folder, 'state/.pulumi/stacks/contract'))).sort()).toEqual([
      'dev.json',
      'dev.json.bak'
    ])
    expect(stack.provider.resources.size).toBe(0)
    expect((await urnsOf(stack)).pending.size).toBe(0)
  })
}
