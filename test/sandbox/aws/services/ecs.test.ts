import { describe, expect, it } from 'vitest'
import { CAPACITY, CLUSTER, ROLE, SERVICE, TASK, network, trust } from '../../../support/aws/declare.ts'
import type { Created, TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'
import type { Props } from '../../../../src/sandbox/aws/values.ts'

let provider: TestProvider
useCloud((lent) => { ({ provider } = lent) })

async function role (name: string, service = 'ecs-tasks.amazonaws.com'): Promise<Created> {
  return provider.create(ROLE, name, { name, assumeRolePolicy: trust(service) })
}

async function task (over: Props = {}, containers: Props[] = [{ name: 'main', image: 'nginx' }]): Promise<Created> {
  return provider.create(TASK, 'task', {
    family: 'web',
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    containerDefinitions: JSON.stringify(containers),
    ...over
  })
}

describe('a task definition', () => {
  it('counts revisions of its family', async () => {
    const first = await task()
    expect(first).toMatchObject({
      id: 'web',
      outputs: { revision: 1, arn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1' }
    })
    const second = await task({ cpu: '512', memory: '1024' })
    expect(second.outputs['revision']).toBe(2)
    await provider.remove(TASK, first.id, first.outputs)
    expect((await provider.read(TASK, 'web', second.outputs)).outputs['revision']).toBe(2)
    expect((await provider.read(TASK, 'web', first.outputs)).id).toBe('')
  })

  it('is replaced by every change but tags, and compares JSON by meaning', async () => {
    const made = await task()
    const spaced = JSON.stringify(JSON.parse(String(made.inputs['containerDefinitions'])), null, 2)
    expect((await provider.diff(TASK, made.outputs, { ...made.inputs, containerDefinitions: spaced })).diffs).toEqual(
      []
    )
    expect((await provider.diff(TASK, made.outputs, { ...made.inputs, memory: '1024' })).replaces).toEqual(['memory'])
    expect(await provider.diff(TASK, made.outputs, { ...made.inputs, tags: { a: 'b' } })).toMatchObject({
      replaces: [],
      diffs: ['tags']
    })
  })

  it.each([
    [
      'a size Fargate does not have',
      { memory: '4096' },
      'No Fargate configuration exists for given values: 256 CPU, 4096 memory'
    ],
    ['another network mode', { networkMode: 'bridge' }, 'Fargate only supports network mode'],
    ['a role that is not there', { taskRoleArn: 'arn:aws:iam::123456789012:role/nobody' }, 'Role is not valid']
  ])('is refused with %s', async (_case, over, message) => {
    await expect(task(over)).rejects.toThrow(
      new RegExp(
        'creating ECS Task Definition \\(web\\): operation error ECS: RegisterTaskDefinition, ' +
          `.*ClientException: ${message}`
      )
    )
  })

  it('is refused with a container larger than the task, or a role that trusts somebody else', async () => {
    await expect(task({}, [{ name: 'main', image: 'nginx', memory: 1024 }])).rejects.toThrow(
      /'memory' setting for container is greater than for the task/
    )
    const wrong = await role('wrong', 'lambda.amazonaws.com')
    await expect(task({ taskRoleArn: wrong.outputs['arn'] ?? '' })).rejects.toThrow(/Role is not valid/)
  })
})

describe('a service', () => {
  async function place (
    over: Props = {},
    capacity = ['FARGATE', 'FARGATE_SPOT']
  ): Promise<{ home: Created, made: Created }> {
    const home = await provider.create(CLUSTER, 'home', { name: 'home' })
    await provider.create(CAPACITY, 'capacity', { clusterName: 'home', capacityProviders: capacity })
    const { subnets, securityGroupIds } = await network(provider)
    const made = await provider.create(SERVICE, 'web', {
      cluster: home.outputs['arn'] ?? '',
      taskDefinition: (await task()).outputs['arn'] ?? '',
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
      networkConfiguration: { subnets, securityGroups: securityGroupIds, assignPublicIp: true },
      ...over
    })
    return { home, made }
  }

  it('holds its cluster and its capacity providers', async () => {
    const { home, made } = await place()
    expect(made.id).toMatch(/^arn:aws:ecs:us-east-1:123456789012:service\/home\/web-[0-9a-f]{7}$/)
    await expect(provider.remove(CLUSTER, home.id, home.outputs)).rejects.toThrow(
      /ClusterContainsServicesException: The Cluster cannot be deleted while Services are active/
    )
    await expect(provider.remove(CAPACITY, 'home', { clusterName: 'home', region: 'us-east-1' })).rejects.toThrow(
      /ResourceInUseException: The specified capacity provider is in use/
    )
    await provider.remove(SERVICE, made.id, made.outputs)
    await provider.remove(CLUSTER, home.id, home.outputs)
  })

  it.each([
    [
      'a provider the cluster does not have',
      { capacityProviderStrategies: [{ capacityProvider: 'OTHER', weight: 1 }] },
      /InvalidParameterException: The specified capacity provider 'OTHER' was not found/
    ],
    [
      'weights of nothing',
      { capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 0 }] },
      /no capacity providers with a weight value greater than zero/
    ],
    [
      'a launch type beside a strategy',
      { launchType: 'FARGATE' },
      /Specifying both a launch type and capacity provider strategy/
    ],
    ['no network', { networkConfiguration: null }, /Network Configuration must be provided/],
    ['no such cluster', { cluster: 'nowhere' }, /ClusterNotFoundException: Cluster not found/],
    ['no such task definition', { taskDefinition: 'nothing:1' }, /TaskDefinition not found/],
    [
      'a subnet that is not there',
      { networkConfiguration: { subnets: ['subnet-0123456789abcdef0'] } },
      /Error retrieving subnet information .*InvalidSubnetID.NotFound/
    ],
    [
      'an argument that is not simulated',
      { loadBalancers: [] },
      /the sandbox does not simulate the argument "loadBalancers" of aws:ecs\/service:Service/
    ],
    [
      'an argument that does not exist',
      { colour: 'red' },
      /Invalid or unknown key: aws:ecs\/service:Service has no argument "colour"/
    ]
  ])('is refused with %s', async (_case, over, message) => {
    await expect(place(over)).rejects.toThrow(message)
  })

  it('is replaced by another strategy unless a new deployment is forced', async () => {
    const { made } = await place()
    const spot = { ...made.inputs, capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] }
    expect((await provider.diff(SERVICE, made.outputs, spot)).replaces).toEqual(['capacityProviderStrategies'])
    expect((await provider.diff(SERVICE, made.outputs, { ...spot, forceNewDeployment: true })).replaces).toEqual([])
    expect((await provider.diff(SERVICE, made.outputs, { ...made.inputs, desiredCount: 2 })).replaces).toEqual([])
  })
})
