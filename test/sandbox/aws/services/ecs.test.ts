import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { borrowCloud, type BorrowedCloud } from '../../../support/aws/cloud.ts'
import { CAPACITY, CLUSTER, LOGS, ROLE, ROLE_POLICY, SERVICE, TASK, network, trust } from '../../../support/aws/declare.ts'
import { connectProvider, type Created, type TestProvider } from '../../../support/aws/provider.ts'
import type { Props } from '../../../../src/sandbox/aws/values.ts'

let cloud: BorrowedCloud
let provider: TestProvider

beforeAll(async () => { cloud = await borrowCloud() })
afterAll(async () => { await cloud.end() })
beforeEach(async () => {
  await cloud.control.reset()
  provider = await connectProvider(cloud.grpcPort)
  return () => { provider.close() }
})

const policy = (over: Props = {}): string => JSON.stringify({
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/*', ...over }]
})

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
        `creating ECS Task Definition \\(web\\): operation error ECS: RegisterTaskDefinition, .*ClientException: ${message}`
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

describe('IAM', () => {
  it('keeps a role that has policies, and names that are taken', async () => {
    const made = await role('job')
    expect(made.outputs).toMatchObject({
      arn: 'arn:aws:iam::123456789012:role/job',
      path: '/',
      maxSessionDuration: 3600
    })
    const attached = await provider.create(ROLE_POLICY, 'access', { role: 'job', policy: policy() })
    await expect(role('job')).rejects.toThrow(
      /StatusCode: 409, .*EntityAlreadyExists: Role with name job already exists\./
    )
    await expect(provider.remove(ROLE, 'job', made.outputs)).rejects.toThrow(
      /DeleteConflict: Cannot delete entity, must delete policies first\./
    )
    await provider.remove(ROLE_POLICY, attached.id, attached.outputs)
    await provider.remove(ROLE, 'job', made.outputs)
    expect(await cloud.control.resources()).toEqual([])
  })

  it.each([
    ['no statement', JSON.stringify({ Version: '2012-10-17', Statement: [] }), /MalformedPolicyDocument/],
    [
      'a principal that is no service',
      trust('nobody'),
      /MalformedPolicyDocument: Invalid principal in policy: "SERVICE":"nobody"/
    ],
    ['no JSON', '{', /contains an invalid JSON policy/]
  ])('refuses a trust policy with %s', async (_case, assumeRolePolicy, message) => {
    await expect(provider.create(ROLE, 'job', { assumeRolePolicy })).rejects.toThrow(message)
  })

  it.each([
    ['a resource that is no ARN', policy({ Resource: 'bucket' }), /must be in ARN format/],
    [
      'an action without a service',
      policy({ Action: 'GetObject' }),
      /Actions\/Conditions must be prefaced by a vendor/
    ],
    ['a principal', policy({ Principal: '*' }), /should not specify a principal/],
    [
      'more than 10,240 characters',
      policy({ Resource: Array.from({ length: 400 }, () => 'arn:aws:s3:::bucket-with-a-long-name/*') }),
      /LimitExceeded: Maximum policy size of 10240/
    ]
  ])('refuses a role policy with %s', async (_case, document, message) => {
    await role('job')
    await expect(provider.create(ROLE_POLICY, 'access', { role: 'job', policy: document })).rejects.toThrow(message)
  })

  it('refuses a policy for a role that is not there, and names that are too long', async () => {
    await expect(provider.create(ROLE_POLICY, 'access', { role: 'nobody', policy: policy() })).rejects.toThrow(
      /NoSuchEntity: The role with name nobody cannot be found\./
    )
    await expect(
      provider.create(ROLE, 'r'.repeat(57), { assumeRolePolicy: trust('ecs-tasks.amazonaws.com') })
    ).rejects.toThrow(/longer than maximum length 64/)
  })
})

describe('a log group', () => {
  it('has a retention CloudWatch knows, and a name nobody else has', async () => {
    await expect(provider.create(LOGS, 'logs', { retentionInDays: 10 })).rejects.toThrow(
      /expected retentionInDays to be one of/
    )
    await provider.create(LOGS, 'logs', { name: '/a/b', retentionInDays: 30 })
    await expect(provider.create(LOGS, 'other', { name: '/a/b' })).rejects.toThrow(
      /ResourceAlreadyExistsException: The specified log group already exists/
    )
  })
})
