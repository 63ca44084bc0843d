import { describe, expect, it } from 'vitest'
import { resolveSpec } from '../../../src/spec/resolve.ts'
import { jobContainer, serviceContainers } from '../../../src/stacks/containers.ts'
import { EVALUATE_ON_EXITS, retryStrategy } from '../../../src/stacks/retry.ts'
import { tagsOf } from '../../../src/stacks/tags.ts'

const placement = { region: 'eu-central-1' }
const references = {
  executionRoleArn: 'arn:execution',
  jobRoleArn: 'arn:job',
  logGroupName: '/batchyard/a/b',
  bucketName: 'batchyard-a-b'
}
const context = { references, region: 'eu-central-1', streamPrefix: 'job-default' }
const resolve = (job: object = {}) =>
  resolveSpec({ team: 'vision', name: 'training', jobs: { default: { image: 'alpine', ...job } } }, placement)

describe('the container of a job', () => {
  it('is spelled as Batch spells it', () => {
    const { jobs: { default: job } } = resolve({ command: ['a', '$(b)'], environment: { B: '2', A: '1' }, vcpus: 1 })
    expect(job && jobContainer(job, true, context)).toEqual({
      image: 'alpine',
      command: ['a', '$(b)'],
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
        { name: 'BATCHYARD_BUCKET', value: 'batchyard-a-b' }
      ],
      resourceRequirements: [
        { type: 'VCPU', value: '1' },
        { type: 'MEMORY', value: '2048' }
      ],
      executionRoleArn: 'arn:execution',
      jobRoleArn: 'arn:job',
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/batchyard/a/b',
          'awslogs-region': 'eu-central-1',
          'awslogs-stream-prefix': 'job-default'
        }
      },
      networkConfiguration: { assignPublicIp: 'ENABLED' },
      fargatePlatformConfiguration: { platformVersion: 'LATEST' }
    })
  })

  it('leaves the image its own command, and says so where it gets no public address', () => {
    const { jobs: { default: job } } = resolve()
    const container = job && jobContainer(job, false, context)
    expect(container).not.toHaveProperty('command')
    expect(container?.networkConfiguration).toEqual({ assignPublicIp: 'DISABLED' })
    expect(container?.resourceRequirements).toEqual([{ type: 'VCPU', value: '0.25' }, { type: 'MEMORY', value: '512' }])
  })
})

describe('the container of the service', () => {
  it('has the whole task to itself and logs into the environment\'s group', () => {
    expect(serviceContainers(resolve().service, { ...context, streamPrefix: 'service' })).toEqual([
      {
        name: 'main',
        image: 'alpine',
        essential: true,
        environment: [{ name: 'BATCHYARD_BUCKET', value: 'batchyard-a-b' }],
        stopTimeout: 120,
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/batchyard/a/b',
            'awslogs-region': 'eu-central-1',
            'awslogs-stream-prefix': 'service'
          }
        }
      }
    ])
  })
})

describe('the retry strategy', () => {
  it('survives both kinds of Spot interruption and ends with EXIT', () => {
    const reasons = EVALUATE_ON_EXITS.filter((rule) => rule.action === 'RETRY').map((rule) => rule.onStatusReason)
    expect(reasons).toEqual(expect.arrayContaining(['Host EC2*', 'Your Spot Task was interrupted*']))
    expect(EVALUATE_ON_EXITS.at(-1)).toEqual({ action: 'EXIT', onReason: '*' })
    expect(retryStrategy(3)).toMatchObject({ attempts: 3, evaluateOnExits: { length: EVALUATE_ON_EXITS.length } })
  })

  it('uses only what Batch takes in a pattern, and at most five rules', () => {
    expect(EVALUATE_ON_EXITS.length).toBeLessThanOrEqual(5)
    for (const rule of EVALUATE_ON_EXITS) expect(rule.onStatusReason ?? rule.onReason).toMatch(/^[A-Za-z0-9.: ]*\*?$/)
  })
})

describe('tags', () => {
  it('name the team, the environment and its id, beside the labels', () => {
    const spec = { ...resolve(), labels: { cost: '7' } }
    expect(tagsOf({ id: 'env_1', team: 'vision', name: 'training', spec, placement })).toEqual({
      cost: '7', 'batchyard:team': 'vision', 'batchyard:environment': 'training', 'batchyard:id': 'env_1'
    })
  })
})
