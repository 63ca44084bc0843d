import { describe, expect, it } from 'vitest'
import type { Spec } from '../../../src/schemas/spec.ts'
import { resolveSpec } from '../../../src/spec/resolve.ts'
import { withCloud } from '../../support/aws/cloud.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { inputOf } from './event-log.ts'
import { withStack, type ProgramStack } from './stack.ts'

const PLACEMENT = { region: 'eu-central-1' }
const SPEC: Spec = { team: 'vision', name: 'training', jobs: { default: { image: 'alpine:3.20' } } }

const engines = await enginesPresent()

interface Outcome {
  readonly changes: Record<string, number>
  readonly before: Record<string, unknown>
  readonly after: Record<string, unknown>
}

describe.each(engines)('a changed spec, on the $kind engine', (engine) => {
  const changed = async (
    more: Partial<Spec>,
    check: (stack: ProgramStack, outcome: Outcome) => Promise<void>
  ) => {
    await withCloud((cloud) =>
      withStack(engine, inputOf(SPEC, PLACEMENT), cloud, async (stack) => {
        const before = await stack.up()
        const after = await stack.up(resolveSpec({ ...SPEC, ...more }, PLACEMENT))
        await check(stack, { changes: after.changes, before: before.outputs, after: after.outputs })
        const again = await stack.up()
        expect(Object.keys(again.changes)).toEqual(['same'])
        await stack.destroy()
        expect(await cloud.control.resources()).toEqual([])
      })
    )
  }

  it('moves the queue to a new compute environment when the type changes, and then deletes the old one', async () => {
    await changed({ compute: { default: { type: 'FARGATE' } } }, async (stack, { changes, before, after }) => {
      expect(changes).toMatchObject({ replace: 1, update: 1 })
      expect(after['compute_environment_arn']).not.toBe(before['compute_environment_arn'])
      expect(after['job_queue_arn']).toBe(before['job_queue_arn'])
      const environments = (await stack.state()).filter(({ type }) => type.endsWith(':ComputeEnvironment'))
      expect(environments).toHaveLength(1)
    })
  })

  it('makes a new revision of job and task, and touches nothing else, when the image changes', async () => {
    await changed({ jobs: { default: { image: 'alpine:3.21' } } }, async (_, { changes, before, after }) => {
      expect(changes['replace']).toBe(1)
      expect(changes['update']).toBe(2)
      expect(after['job_definition_revision']).toBe(2)
      expect(after['ecs_service_name']).toBe(before['ecs_service_name'])
      expect(after['task_definition_arn']).not.toBe(before['task_definition_arn'])
    })
  })

  it('changes limits and priorities in place', async () => {
    await changed(
      { compute: { default: { maxVcpus: 4 } }, queues: { default: { priority: 7 } } },
      async (_, { changes }) => {
        expect(changes).toMatchObject({ update: 2 })
        expect(changes).not.toHaveProperty('replace')
      }
    )
  })

  it('changes tags in place', async () => {
    await changed({ labels: { cost: '7' } }, async (_, { changes }) => {
      expect(changes['update']).toBeGreaterThan(5)
      expect(changes).not.toHaveProperty('replace')
    })
  })
})
