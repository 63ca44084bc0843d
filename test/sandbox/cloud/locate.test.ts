import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ClosableCloud } from '../../../src/cloud/index.ts'
import type { ResourceLookup } from '../../../src/cloud/types.ts'
import type { Props } from '../../../src/sandbox/aws/values.ts'
import { callsTo, HOME } from '../../support/aws/calls.ts'
import { borrowCloud, type BorrowedCloud } from '../../support/aws/cloud.ts'
import {
  BUCKET,
  CAPACITY,
  CLUSTER,
  COMPUTE,
  EGRESS,
  GROUP,
  JOB,
  LOGS,
  QUEUE,
  ROLE,
  ROLE_POLICY,
  SERVICE,
  TASK,
  compute,
  container,
  jobArgs,
  network,
  trust
} from '../../support/aws/declare.ts'
import { connectProvider, type Created, type TestProvider } from '../../support/aws/provider.ts'

const ID = 'env_1'
const OWNERSHIP = 'aws:s3/bucketOwnershipControls:BucketOwnershipControls'

let cloud: BorrowedCloud
let calls: ClosableCloud
let provider: TestProvider

beforeAll(async () => {
  cloud = await borrowCloud()
  calls = callsTo(cloud)
  return async () => {
    await calls.close()
    await cloud.end()
  }
})
beforeEach(async () => {
  await cloud.control.reset()
  provider = await connectProvider(cloud.grpcPort, {
    region: 'us-east-1',
    defaultTags: JSON.stringify({ tags: { 'batchyard:id': ID } })
  })
  return () => { provider.close() }
})

interface Made extends Created { type: string }
const make = async (type: string, name: string, args: Props): Promise<Made> => ({
  ...(await provider.create(type, name, args)),
  type
})

/** One of every type that an environment has. */
async function everything (): Promise<Made[]> {
  const { subnets, vpcId } = await network(provider)
  const logs = await make(LOGS, 'logs', { name: '/batchyard/one' })
  await make(LOGS, 'longer', { name: '/batchyard/one-more' })
  const bucket = await make(BUCKET, 'bucket', { bucket: 'the-bucket' })
  const ownership = await make(OWNERSHIP, 'ownership', {
    bucket: 'the-bucket',
    rule: { objectOwnership: 'BucketOwnerEnforced' }
  })
  const role = await make(ROLE, 'execution', { name: 'execution', assumeRolePolicy: trust('ecs-tasks.amazonaws.com') })
  const policy = await make(ROLE_POLICY, 'execution', {
    role: 'execution',
    policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] })
  })
  const group = await make(GROUP, 'group', { vpcId })
  const egress = await make(EGRESS, 'egress', { securityGroupId: group.id, ipProtocol: '-1', cidrIpv4: '0.0.0.0/0' })
  const web = await make(EGRESS, 'web', {
    securityGroupId: group.id,
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    cidrIpv4: '0.0.0.0/0'
  })
  const cluster = await make(CLUSTER, 'cluster', { name: 'the-cluster' })
  const capacity = await make(CAPACITY, 'capacity', { clusterName: 'the-cluster', capacityProviders: ['FARGATE'] })
  const roleArn = role.outputs['arn'] ?? ''
  const task = await make(TASK, 'task', {
    family: 'the-family',
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: roleArn,
    containerDefinitions: JSON.stringify([{ name: 'main', image: 'x' }])
  })
  const service = await make(SERVICE, 'service', {
    cluster: cluster.id,
    taskDefinition: task.outputs['arn'] ?? '',
    networkConfiguration: { subnets, securityGroups: [group.id] },
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }]
  })
  const environment = { ...await compute(provider, 'compute'), type: COMPUTE }
  const queue = await make(QUEUE, 'queue', {
    priority: 1,
    state: 'ENABLED',
    computeEnvironmentOrders: [{ order: 1, computeEnvironment: environment.outputs['arn'] ?? '' }]
  })
  const job = await make(JOB, 'job', jobArgs())
  return [
    logs,
    bucket,
    ownership,
    role,
    policy,
    group,
    egress,
    web,
    cluster,
    capacity,
    task,
    service,
    environment,
    queue,
    job
  ]
}

/** The URN only has to be different for each. */
const wantedOf = (made: Made[]): ResourceLookup[] =>
  made.map(({ type, inputs }, index) => ({ urn: `${index}`, type, inputs }))
const only = async (wanted: Omit<ResourceLookup, 'urn'>): Promise<string | undefined> =>
  (await calls.locate(HOME, ID, [{ urn: 'u', ...wanted }])).get('u')

describe('locating what an engine had begun', () => {
  it('finds every type by what was asked of the provider, with an id the provider reads it by', async () => {
    const made = await everything()
    const ids = await calls.locate(HOME, ID, wantedOf(made))
    for (const [index, { type, id, outputs, inputs }] of made.entries()) {
      const found = ids.get(`${index}`) ?? ''
      expect([type, found]).toEqual([type, type === TASK ? outputs['arn'] : id])
      const read = await provider.read(type, found, inputs, inputs)
      expect([type, read.outputs['arn']]).toEqual([type, outputs['arn']])
    }
  })

  it('finds nothing where nothing is, in another region, or of a type it does not know', async () => {
    const made = await everything()
    expect(
      await calls.locate(
        { region: 'eu-west-1', placement: {} },
        ID,
        wantedOf(made.filter(({ type }) => ![BUCKET, OWNERSHIP, ROLE, ROLE_POLICY].includes(type)))
      )
    ).toEqual(new Map())
    await cloud.control.reset()
    expect(await calls.locate(HOME, ID, wantedOf(made))).toEqual(new Map())
    expect(await calls.locate(HOME, ID, [{ urn: 'x', type: 'aws:sqs/queue:Queue', inputs: { name: 'x' } }])).toEqual(
      new Map()
    )
  })

  it('takes the newest revision of a definition', async () => {
    const first = await make(JOB, 'job', { ...jobArgs(), name: 'same', deregisterOnNewRevision: false })
    const newest = await provider.update(JOB, first.id, first.outputs, {
      ...first.inputs,
      containerProperties: JSON.stringify(container({ image: 'other' }))
    })
    expect(newest['revision']).toBe(2)
    expect(await only({ type: JOB, inputs: { name: 'same' } })).toBe(newest['arn'])
  })

  it('leaves alone what another environment, or another account, has under that name', async () => {
    const { vpcId } = await network(provider)
    const group = await make(GROUP, 'group', { vpcId, name: 'same' })
    expect(await only({ type: GROUP, inputs: group.inputs })).toBe(group.id)
    expect((await calls.locate(HOME, 'env_2', [{ urn: 'u', type: GROUP, inputs: group.inputs }])).size).toBe(0)
    const other = await connectProvider(cloud.grpcPort, {
      region: 'us-east-1',
      assumeRoles: JSON.stringify([{ roleArn: 'arn:aws:iam::999999999999:role/x' }])
    })
    await other.create(BUCKET, 'taken', { bucket: 'taken' })
    other.close()
    expect(await only({ type: BUCKET, inputs: { bucket: 'taken' } })).toBeUndefined()
  })

  it('looks again for what IAM may not show yet, and for that only', async () => {
    await cloud.control.addFault({ kind: 'hide', on: 'create', type: ROLE, seconds: 2 })
    await make(ROLE, 'late', { name: 'late', assumeRolePolicy: trust('ecs-tasks.amazonaws.com') })
    const patient = callsTo(cloud, 60)
    const look = async (type: string, inputs: Record<string, unknown>) =>
      (await patient.locate(HOME, ID, [{ urn: 'urn', type, inputs }])).get('urn')
    try {
      expect(await only({ type: ROLE, inputs: { name: 'late' } })).toBeUndefined()
      expect(await look(ROLE, { name: 'late' })).toBe('late')
      expect(await look(QUEUE, { name: 'none' })).toBeUndefined()
    } finally {
      await patient.close()
    }
  })

  it('waits for what AWS is still making', async () => {
    expect(await only({ type: COMPUTE, inputs: { name: 'slow' } })).toBeUndefined()
    await cloud.control.setSpeed({ speed: 0.15 })
    const making = compute(provider, 'compute', { name: 'slow' })
    while ((await cloud.control.resources({ type: COMPUTE })).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(await only({ type: COMPUTE, inputs: { name: 'slow' } })).toBe('slow')
    expect((await cloud.control.resources({ type: COMPUTE }))[0]?.status).toBe('VALID')
    await cloud.control.setSpeed({ speed: 0 })
    await making
  })
})

describe('what carries an environment\'s tag', () => {
  it('is listed with its tags, page by page, in its region', async () => {
    const many = await Promise.all(
      Array.from({ length: 120 }, async (_, index) => make(LOGS, `logs-${index}`, { name: `log-${index}` }))
    )
    const found = await calls.tagged(HOME, ID)
    expect(found.map(({ arn }) => arn).sort()).toEqual(many.map(({ outputs }) => outputs['arn']).sort())
    expect(found[0]?.tags).toEqual({ 'batchyard:id': ID })
    expect(await calls.tagged(HOME, 'env_2')).toEqual([])
    expect(await calls.tagged({ ...HOME, region: 'eu-west-1' }, ID)).toEqual([])
  })

  it('has all that has tags, but roles', async () => {
    const made = await everything()
    const tagged = new Set((await calls.tagged(HOME, ID)).map(({ arn }) => arn))
    const kinds = [LOGS, BUCKET, GROUP, EGRESS, CLUSTER, TASK, SERVICE, COMPUTE, QUEUE, JOB]
    for (const { type, outputs } of made) {
      expect([type, tagged.has(String(outputs['arn']))]).toEqual([type, kinds.includes(type)])
    }
  })
})
