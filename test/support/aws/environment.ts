import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stack } from '@pulumi/pulumi/automation/index.js'
import type { EngineExecutable } from '../../../src/engine/index.ts'
import type { Placement } from '../../../src/schemas/team.ts'
import { resolveSpec } from '../../../src/spec/resolve.ts'
import type { EnvironmentInput } from '../../../src/stacks/input.ts'
import { environmentOf, selectStack } from '../engine/stack.ts'

const placement: Placement = { region: 'eu-central-1' }

/** What the smallest request becomes. */
export function smallestEnvironment (placed: Placement = placement): EnvironmentInput {
  const spec = resolveSpec(
    { team: 'vision', name: 'training', jobs: { default: { image: 'public.ecr.aws/docker/library/python:3.13' } } },
    placed
  )
  return { id: 'env_01jzexample0000000000000000', team: 'vision', name: 'training', spec, placement: placed }
}

/** Lends a stack whose engine attaches to the provider at that port. */
export async function withStackOn<T> (
  engine: EngineExecutable,
  port: number,
  use: (stack: Stack) => Promise<T>
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'batchyard-aws-stack-'))
  try {
    await Promise.all(['work', 'state', 'home'].map(async (name) => mkdir(join(folder, name))))
    return await use(
      await selectStack(engine, folder, { ...environmentOf(folder, port), PULUMI_DEBUG_PROVIDERS: `aws:${port}` })
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
