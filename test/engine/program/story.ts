import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachSandboxCloud, type SandboxCloud } from '../../../src/sandbox/aws/client.ts'
import type { ResourceView } from '../../../src/sandbox/aws/control/shapes.ts'
import type { Spec } from '../../../src/schemas/spec.ts'
import type { Placement } from '../../../src/schemas/team.ts'
import { resolveSpec } from '../../../src/spec/resolve.ts'
import type { EnvironmentInput } from '../../../src/stacks/input.ts'
import type { PresentEngine } from './engines.ts'
import { withStack, type Run, type StateResource } from './stack.ts'

/** Lends a simulated cloud of its own, with nothing in it, that takes no time. */
export async function withCloud<T> (use: (cloud: SandboxCloud) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-cloud-'))
  try {
    const cloud = await attachSandboxCloud({ dataDir, speed: 0 })
    try {
      return await use(cloud)
    } finally {
      await cloud.release()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

export function inputOf (spec: Spec, placement: Placement): EnvironmentInput {
  return { id: 'env_01jd3x9c8qe5vb6k2m4n7p8r9s', team: spec.team, name: spec.name, spec: resolveSpec(spec, placement), placement }
}

/** The life of one environment, from its first `up` to its end, as tests ask about it. */
export interface Story {
  readonly first: Run
  readonly state: StateResource[]
  readonly cloud: ResourceView[]
  /** The same program again. */
  readonly second: Run
  readonly cloudAfterwards: ResourceView[]
}

/** Lives one life of the program on one engine in a cloud of its own. */
export async function live (engine: PresentEngine, input: EnvironmentInput): Promise<Story> {
  return withCloud(cloud => withStack(engine, input, cloud, async stack => {
    const first = await stack.up()
    const state = await stack.state()
    const resources = await cloud.control.resources()
    const second = await stack.up()
    await stack.destroy()
    return { first, state, cloud: resources, second, cloudAfterwards: await cloud.control.resources() }
  }))
}
