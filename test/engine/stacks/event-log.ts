import type { EngineExecutable } from '../../../src/engine/index.ts'
import type { SandboxResource } from '../../../src/schemas/sandbox.ts'
import type { Spec } from '../../../src/schemas/spec.ts'
import type { Placement } from '../../../src/schemas/team.ts'
import { resolveSpec } from '../../../src/spec/resolve.ts'
import type { EnvironmentInput } from '../../../src/stacks/input.ts'
import { withCloud } from '../../support/aws/cloud.ts'
import { withStack, type Run, type StateResource } from './stack.ts'

export function inputOf (spec: Spec, placement: Placement): EnvironmentInput {
  return {
    id: 'env_01jd3x9c8qe5vb6k2m4n7p8r9s',
    team: spec.team,
    name: spec.name,
    spec: resolveSpec(spec, placement),
    placement
  }
}

/** The life of one environment, from its first `up` to its end, as tests ask about it. */
export interface EventLog {
  readonly first: Run
  readonly state: StateResource[]
  readonly cloud: SandboxResource[]
  /** The same program again. */
  readonly second: Run
  readonly cloudAfterwards: SandboxResource[]
}

/** Lives one life of the program on one engine in a cloud of its own. */
export async function live (engine: EngineExecutable, input: EnvironmentInput): Promise<EventLog> {
  return withCloud((cloud) => withStack(engine, input, cloud, async (stack) => {
    const first = await stack.up()
    const state = await stack.state()
    const resources = await cloud.control.resources()
    const second = await stack.up()
    await stack.destroy()
    return { first, state, cloud: resources, second, cloudAfterwards: await cloud.control.resources() }
  }))
}
