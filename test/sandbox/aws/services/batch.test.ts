import { describe, expect, it } from 'vitest'
import { attachSandboxCloud } from '../../../../src/sandbox/aws/client.ts'
import type { BorrowedCloud } from '../../../support/aws/cloud.ts'
import { COMPUTE, JOB, QUEUE, ROLE, compute, container, jobArgs, queue, trust } from '../../../support/aws/declare.ts'
import { connectProvider, type TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'

let cloud: BorrowedCloud
let provider: TestProvider
useCloud((lent) => { ({ cloud, provider } = lent) })

describe('a compute environment', () => {
  it('has the outputs AWS computes', async () => {
    const { id, outputs } = await compute(provider, 'compute')
    expect(id).toMatch(/^compute-[0-9a-f]{7}$/)
    expect(outputs).toMatchObject({
      name: id,
      arn: `arn:aws:batch:us-east-1:123456789012:compute-environment/${id}`,
      serviceRole: 'arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch',
      status: 'VALID',
      statusReason: 'ComputeEnvironment Healthy',
      state: 'ENABLED',
      region: 'us-east-1',
      tagsAll: {}
    })
    expect(outputs['ecsClusterArn']).toMatch(/^arn:aws:ecs:us-east-1:123456789012:cluster\/AWSBatch-compute-/)
  })

  it.each([
    ['without security groups', { securityGroupIds: [] }, 'securityGroupIds must be provided for Fargate'],
    ['with minVcpus', { minVcpus: 1 }, 'minvCpus is not applicable for Fargate'],
    ['with instance types', { instanceTypes: ['m5'] }, 'instanceTypes is not applicable for Fargate'],
    ['with a bid', { bidPercentage: 50 }, 'bidPercentage is not applicable for Fargate'],
    ['with inner tags', { tags: { a: 'b' } }, 'tags is not applicable for Fargate'],
    ['with a subnet that is not there', { subnets: ['subnet-0123456789abcdef0'] }, 'InvalidSubnetID.NotFound'],
    ['with a group that is not there', { securityGroupIds: ['sg-0123456789abcdef0'] }, 'InvalidGroup.NotFound'],
    ['with no vCPU', { maxVcpus: 0 }, 'maxvCpus must be']
  ])('is refused %s', async (_case, resources, message) => {
    await expect(compute(provider, 'compute', {}, resources)).rejects.toThrow(
      new RegExp(
        'creating Batch Compute Environment \\(compute-[0-9a-f]{7}\\): operation error Batch: ' +
          'CreateComputeEnvironment, https response error StatusCode: 400, RequestID: [0-9a-f-]{36}, ' +
          `ClientException: .*${message}`
      )
    )
    expect(await cloud.control.resources()).toEqual([])
  })

  it('ends INVALID, and cannot go either, as long as its service role does not trust Batch', async () => {
    const role = await provider.create(ROLE, 'execution', { assumeRolePolicy: trust('ecs-tasks.amazonaws.com') })
    await expect(compute(provider, 'compute', { serviceRole: role.outputs['arn'] ?? '' })).rejects.toThrow(
      "unexpected state 'INVALID', wanted target 'VALID'. last error: CLIENT_ERROR - User: batch.amazonaws.com is " +
        'not authorized to perform: sts:AssumeRole'
    )
    const [left] = await cloud.control.resources({ type: COMPUTE })
    expect(left?.status).toBe('INVALID')
    const state = { region: 'us-east-1' }
    await expect(provider.remove(COMPUTE, left?.id ?? '', state)).rejects.toThrow(
      /delete: unexpected state 'INVALID', wanted target 'DELETED'/
    )
    await provider.update(ROLE, role.id, role.outputs, {
      ...role.inputs,
      assumeRolePolicy: trust('batch.amazonaws.com')
    })
    await provider.remove(COMPUTE, left?.id ?? '', state)
    expect(await cloud.control.resources({ type: COMPUTE })).toEqual([])
  })

  it('keeps its type: AWS refuses the change the provider thinks it can make', async () => {
    const { id, inputs, outputs } = await compute(provider, 'compute')
    const news = { ...inputs, computeResources: { ...inputs['computeResources'] as object, type: 'FARGATE' } }
    expect((await provider.diff(COMPUTE, outputs, news)).replaces).toEqual([])
    await expect(provider.update(COMPUTE, id, outputs, news)).rejects.toThrow(
      /can't be updated for Fargate compute environment: type/
    )
  })

  it('changes its maximum in place', async () => {
    const { id, inputs, outputs } = await compute(provider, 'compute')
    const news = { ...inputs, computeResources: { ...inputs['computeResources'] as object, maxVcpus: 5 } }
    expect(await provider.diff(COMPUTE, outputs, news)).toMatchObject({
      replaces: [],
      diffs: ['computeResources'],
      details: { 'computeResources.maxVcpus': 4 }
    })
    expect(await provider.update(COMPUTE, id, outputs, news)).toMatchObject({
      status: 'VALID',
      computeResources: { maxVcpus: 5 }
    })
  })

  it('cannot go while a queue uses it', async () => {
    const environment = await compute(provider, 'compute')
    const using = await queue(provider, 'queue', environment)
    await expect(provider.remove(COMPUTE, environment.id, environment.outputs)).rejects.toThrow(
      /ClientException: Cannot delete, found existing JobQueue relationship/
    )
    await provider.remove(QUEUE, using.id, using.outputs)
    await provider.remove(COMPUTE, environment.id, environment.outputs)
    await provider.remove(COMPUTE, environment.id, environment.outputs)
    expect(await cloud.control.resources()).toEqual([])
  })

  it('is refused when its name is taken, and as the 51st of the account and region', async () => {
    await compute(provider, 'first', { name: 'taken' })
    await expect(compute(provider, 'second', { name: 'taken' })).rejects.toThrow(
      /ClientException: Object already exists/
    )
    await Promise.all(Array.from({ length: 49 }, async (_, index) => compute(provider, `ce${index}`)))
    await expect(compute(provider, 'more')).rejects.toThrow(
      /ClientException: Limit exceeded: .*50 compute environments/
    )
    const elsewhere = await connectProvider(cloud.grpcPort, { region: 'eu-west-1' })
    await compute(elsewhere, 'more')
    elsewhere.close()
  })
})

describe('a job queue', () => {
  it('needs compute environments that are there and VALID', async () => {
    const none = await queue(provider, 'queue').catch((error: Error) => error.message)
    expect(none).toMatch(/creating Batch Job Queue .* must have between 1 and 3/)
    const environment = await compute(provider, 'compute')
    const key = (await cloud.control.resources({ type: COMPUTE }))[0]?.key ?? ''
    await cloud.control.changeResource({ key, properties: { status: 'INVALID' } })
    await expect(queue(provider, 'queue', environment)).rejects.toThrow(/is not VALID, its status is INVALID/)
    await cloud.control.deleteResource({ key })
    await expect(queue(provider, 'queue', environment)).rejects.toThrow(/does not exist/)
  })

  it('is replaced for its name only', async () => {
    const made = await queue(provider, 'queue', await compute(provider, 'compute'))
    expect(made.id).toBe(made.outputs['arn'])
    expect((await provider.diff(QUEUE, made.outputs, { ...made.inputs, priority: 9 })).replaces).toEqual([])
    expect(await provider.diff(QUEUE, made.outputs, { ...made.inputs, name: 'other' })).toMatchObject({
      replaces: ['name'],
      deleteBeforeReplace: false
    })
  })
})

describe('a job definition', () => {
  it.each([
    [
      'a size Fargate does not have',
      container({
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '512' }
        ]
      }),
      'Fargate resource requirements \\(1.00 vCPU, 512 MiB\\) not valid.'
    ],
    ['no vCPU', container({ resourceRequirements: [{ type: 'MEMORY', value: '512' }] }), 'vCPU is not provided.'],
    ['no execution role', container({ executionRoleArn: '' }), 'EXECUTION_ROLE is required for Fargate'],
    ['numbers for sizes', container({ resourceRequirements: [{ type: 'VCPU', value: 1 }] }), 'must be a string'],
    ['a privileged container', container({ privileged: true }), 'privileged is not applicable for Fargate'],
    [
      'a role of another account',
      container({ jobRoleArn: 'arn:aws:iam::999999999999:role/x' }),
      'Cross-account pass role'
    ],
    [
      'reserved variables',
      container({ environment: [{ name: 'AWS_BATCH_X', value: '1' }] }),
      'cannot start with AWS_BATCH'
    ]
  ])('is refused with %s', async (_case, properties, message) => {
    await expect(provider.create(JOB, 'job', jobArgs(properties))).rejects.toThrow(
      new RegExp(`operation error Batch: RegisterJobDefinition, .*ClientException: .*${message}`)
    )
  })

  it.each([
    [
      'a pattern with a hyphen',
      { retryStrategy: { attempts: 3, evaluateOnExits: [{ action: 'RETRY', onReason: 'a-b' }] } },
      'must contain letters, numbers, periods'
    ],
    [
      'rules without attempts',
      { retryStrategy: { evaluateOnExits: [{ action: 'EXIT', onReason: '*' }] } },
      'attempts must be specified'
    ],
    ['a timeout under a minute', { timeout: { attemptDurationSeconds: 59 } }, 'at least \\(60\\)'],
    ['eleven attempts', { retryStrategy: { attempts: 11 } }, 'range \\(1 - 10\\)'],
    ['no JSON', { containerProperties: '{' }, 'container_properties is invalid']
  ])("fails the provider's own check with %s", async (_case, more, message) => {
    await expect(provider.create(JOB, 'job', jobArgs({}, more))).rejects.toThrow(
      new RegExp(`${message}.*Examine values at 'job\\.`)
    )
  })

  it('registers a new revision for a change, deregisters the old one, and counts on after a delete', async () => {
    const first = await provider.create(JOB, 'job', jobArgs({}, { name: 'work' }))
    expect(first.id).toMatch(/job-definition\/work:1$/)
    const news = { ...first.inputs, timeout: { attemptDurationSeconds: 90 } }
    const second = await provider.update(JOB, first.id, first.outputs, news)
    expect(second).toMatchObject({ revision: 2, arn: `${String(first.outputs['arnPrefix'])}:2` })
    expect((await cloud.control.resources({ type: JOB })).map(({ id }) => id)).toEqual([second['arn']])
    await provider.remove(JOB, first.id, second)
    expect(await cloud.control.resources()).toEqual([])
    expect((await provider.create(JOB, 'job', jobArgs({}, { name: 'work' }))).outputs['revision']).toBe(3)
  })

  it('is replaced when the number of its retry rules changes', async () => {
    const rule = { action: 'EXIT', onReason: '*' }
    const made = await provider.create(
      JOB,
      'job',
      jobArgs({}, { retryStrategy: { attempts: 2, evaluateOnExits: [rule] } })
    )
    const more = { ...made.inputs, retryStrategy: { attempts: 2, evaluateOnExits: [rule, rule] } }
    expect((await provider.diff(JOB, made.outputs, more)).replaces).toEqual(['retryStrategy'])
    expect(
      (
        await provider.diff(JOB, made.outputs, {
          ...made.inputs,
          retryStrategy: { attempts: 3, evaluateOnExits: [rule] }
        })
      ).replaces
    ).toEqual([])
  })
})

it('takes the speed of whoever attaches', async () => {
  const other = await attachSandboxCloud({ dataDir: cloud.dataDir, speed: 0.25 })
  expect((await cloud.control.speed()).speed).toBe(0.25)
  await cloud.control.setSpeed({ speed: 0 })
  await other.release()
})
