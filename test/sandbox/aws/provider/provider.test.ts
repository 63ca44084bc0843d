import { describe, expect, it } from 'vitest'
import { UNKNOWN } from '../../../../src/sandbox/aws/values.ts'
import type { BorrowedCloud } from '../../../support/aws/cloud.ts'
import { COMPUTE, JOB, LOGS, ROLE, compute, jobArgs, network, trust } from '../../../support/aws/declare.ts'
import { connectProvider, type TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'

let cloud: BorrowedCloud
let provider: TestProvider
useCloud((lent) => { ({ cloud, provider } = lent) })

describe('the configuration', () => {
  it('belongs to its connection: many providers share the process', async () => {
    const accounts = ['111111111111', '222222222222', '333333333333']
    await Promise.all(accounts.map(async (account) => {
      const own = await connectProvider(cloud.grpcPort, {
        region: 'eu-west-1',
        assumeRoles: JSON.stringify([{ roleArn: `arn:aws:iam::${account}:role/teams/provisioner`, sessionName: 'run' }])
      })
      await own.create(LOGS, 'logs', { name: 'same' })
      expect(await own.invoke('aws:index/getCallerIdentity:getCallerIdentity', {})).toMatchObject({
        accountId: account, arn: `arn:aws:sts::${account}:assumed-role/provisioner/run`
      })
      own.close()
    }))
    expect((await cloud.control.resources()).map(({ account, region }) => `${account} ${region}`).sort()).toEqual(
      accounts.map((account) => `${account} eu-west-1`)
    )
    expect(await provider.invoke('aws:index/getRegion:getRegion', {})).toMatchObject({ region: 'us-east-1' })
  })

  it.each([
    [
      'an account that is not allowed',
      { region: 'us-east-1', allowedAccountIds: '["999999999999"]' },
      /AWS account ID not allowed: 123456789012/
    ],
    ['no region', {}, /missing region/],
    ['a region that is none', { region: 'moon-1' }, /invalid AWS Region: moon-1/],
    ['a role that is none', { region: 'us-east-1', assumeRoles: '[{"roleArn":"nobody"}]' }, /is an invalid ARN/],
    [
      'an argument that is not simulated',
      { region: 'us-east-1', profile: 'mine' },
      /does not simulate the argument "profile" of the aws provider/
    ]
  ])('is refused with %s', async (_case, configuration, message) => {
    await expect(connectProvider(cloud.grpcPort, configuration)).rejects.toThrow(message)
  })

  it('decides the partition of every ARN', async () => {
    const other = await connectProvider(cloud.grpcPort, { region: 'cn-north-1' })
    const { outputs } = await other.create(LOGS, 'logs', { name: 'x' })
    expect(outputs['arn']).toBe('arn:aws-cn:logs:cn-north-1:123456789012:log-group:x')
    expect(await other.invoke('aws:index/getPartition:getPartition', {})).toMatchObject({
      partition: 'aws-cn',
      dnsSuffix: 'amazonaws.com.cn'
    })
    other.close()
  })
})

describe('Check', () => {
  it('names what the program does not name, and keeps to that name', async () => {
    const first = await provider.check(LOGS, 'logs', {})
    expect(first.inputs['name']).toMatch(/^logs-[0-9a-f]{7}$/)
    const second = await provider.check(LOGS, 'logs', { retentionInDays: 7 }, { ...first.inputs, name: 'logs-kept' })
    expect(second.inputs['name']).toBe('logs-kept')
    const named = await provider.check(LOGS, 'logs', { name: 'mine' }, first.inputs)
    expect(named.inputs['name']).toBe('mine')
  })

  it('merges default tags, and refuses tags AWS refuses', async () => {
    const tagged = await connectProvider(cloud.grpcPort, {
      region: 'us-east-1',
      defaultTags: JSON.stringify({ tags: { team: 'a', stage: 'dev' } })
    })
    const { outputs } = await tagged.create(LOGS, 'logs', { tags: { stage: 'prod' } })
    expect(outputs).toMatchObject({ tags: { stage: 'prod' }, tagsAll: { team: 'a', stage: 'prod' } })
    const many = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, 'v']))
    expect((await tagged.check(LOGS, 'logs', { tags: many })).failures.join()).toMatch(
      /number of tags in tagsAll to be at most 50, got 51/
    )
    expect((await provider.check(LOGS, 'logs', { tags: { 'aws:x': '1' } })).failures.join()).toMatch(
      /reserved prefix aws:/
    )
    tagged.close()
  })

  it('finds everything that is wrong at once', async () => {
    const { failures } = await provider.check(COMPUTE, 'ce', {
      type: 'HUGE',
      computeResources: { type: 'FARGATE', colour: 1 },
      nothing: true
    })
    expect(failures).toEqual([
      expect.stringMatching(/no argument "computeResources.colour".* Examine values at 'ce.computeResources.colour'\./),
      expect.stringMatching(/no argument "nothing"/),
      expect.stringMatching(/expected type to be one of \["MANAGED","UNMANAGED"\], got HUGE/),
      expect.stringMatching(/Missing required argument. The argument "maxVcpus" is required/),
      expect.stringMatching(/Missing required argument. The argument "subnets" is required/)
    ])
  })
})

describe('a preview', () => {
  it('creates nothing, and knows what can be known', async () => {
    const outputs = await provider.preview(ROLE, 'job', {
      name: 'job',
      assumeRolePolicy: trust('ecs-tasks.amazonaws.com')
    })
    expect(outputs).toMatchObject({ name: 'job', arn: UNKNOWN, path: '/' })
    expect(await cloud.control.resources()).toEqual([])
  })

  it('takes arguments that are not known yet', async () => {
    const { subnets } = await network(provider)
    const outputs = await provider.preview(COMPUTE, 'ce', {
      type: 'MANAGED',
      serviceRole: UNKNOWN,
      computeResources: { type: 'FARGATE', maxVcpus: 1, subnets, securityGroupIds: [UNKNOWN] }
    })
    expect(outputs).toMatchObject({ computeResources: { securityGroupIds: [UNKNOWN] }, ecsClusterArn: UNKNOWN })
    await provider.preview(JOB, 'job', { ...jobArgs(), containerProperties: UNKNOWN })
  })
})

describe('Diff', () => {
  it('sees no change where AWS filled in or the order means nothing', async () => {
    const { inputs, outputs } = await compute(provider, 'ce')
    const resources = inputs['computeResources'] as { subnets: string[] }
    const news = { ...inputs, computeResources: { ...resources, subnets: resources.subnets.toReversed(), minVcpus: 0 } }
    expect((await provider.diff(COMPUTE, outputs, news)).diffs).toEqual([])
  })

  it('replaces for a name, and deletes first when the program set it', async () => {
    const { inputs, outputs } = await provider.create(LOGS, 'logs', { name: 'mine' })
    expect(await provider.diff(LOGS, outputs, { ...inputs, name: 'other' })).toMatchObject({
      replaces: ['name'],
      deleteBeforeReplace: false
    })
    expect(await provider.diff(LOGS, outputs, { ...inputs, logGroupClass: 'DELIVERY' })).toMatchObject({
      replaces: ['logGroupClass'],
      deleteBeforeReplace: true
    })
    const auto = await provider.create(LOGS, 'auto', {})
    expect(await provider.diff(LOGS, auto.outputs, { ...auto.inputs, logGroupClass: 'DELIVERY' })).toMatchObject({
      deleteBeforeReplace: false
    })
  })
})

describe('reading', () => {
  it('finds a resource by its id alone, as an import does', async () => {
    await provider.create(LOGS, 'logs', { name: 'mine', retentionInDays: 5, tags: { a: 'b' } })
    const { id, inputs } = await provider.read(LOGS, 'mine')
    expect(id).toBe('mine')
    expect(inputs).toMatchObject({ name: 'mine', retentionInDays: 5, tags: { a: 'b' } })
  })
})
