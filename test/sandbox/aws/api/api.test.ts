import { Batch } from '@aws-sdk/client-batch'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { EC2 } from '@aws-sdk/client-ec2'
import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { STS } from '@aws-sdk/client-sts'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SANDBOX_CREDENTIALS } from '../../../../src/sandbox/aws/client.ts'
import { borrowCloud, type BorrowedCloud } from '../../../support/aws/cloud.ts'
import { COMPUTE, LOGS, compute, network, queue } from '../../../support/aws/declare.ts'
import { connectProvider } from '../../../support/aws/provider.ts'

let cloud: BorrowedCloud
let settings: { endpoint: string, region: string, credentials: typeof SANDBOX_CREDENTIALS, maxAttempts: number }

beforeAll(async () => {
  cloud = await borrowCloud()
  settings = {
    endpoint: (await cloud.cloud.ensure()).apiUrl,
    region: 'us-east-1',
    credentials: SANDBOX_CREDENTIALS,
    maxAttempts: 1
  }
  return async () => cloud.end()
})
beforeEach(async () => cloud.control.reset())

const caught = async (
  call: Promise<unknown>
): Promise<{ name: string, message: string, status: number | undefined }> => {
  const error = await call.then(
    () => undefined,
    (each: Error & { $metadata?: { httpStatusCode?: number } }) => each
  )
  return { name: error?.name ?? '', message: error?.message ?? '', status: error?.$metadata?.httpStatusCode }
}

describe('the AWS HTTP APIs', () => {
  it('refuse by name what they do not simulate', async () => {
    const messages = await Promise.all([
      new Batch(settings).submitJob({ jobName: 'x', jobQueue: 'x', jobDefinition: 'x' }),
      new Batch(settings).listJobs({ jobQueue: 'x', filters: [{ name: 'JOB_NAME', values: ['x'] }] }),
      new EC2(settings).describeVpcs({}),
      new EC2(settings).describeSecurityGroups({ Filters: [{ Name: 'egress.ip-permission.cidr', Values: ['x'] }] }),
      new IAM(settings).listRoles({}),
      new CloudWatchLogs(settings).describeLogStreams({ logGroupName: 'x' }),
      new S3({ ...settings, forcePathStyle: true }).putObject({ Bucket: 'bucket', Key: 'a/b', Body: 'x' }),
      new S3({ ...settings, forcePathStyle: true }).listBuckets({})
    ].map(async (call) => (await caught(call)).message))
    expect(messages).toEqual([
      'the sandbox does not simulate Batch:submitjob',
      'the sandbox does not simulate the parameter filters of Batch:ListJobs',
      'the sandbox does not simulate EC2:DescribeVpcs',
      'the sandbox does not simulate the EC2 filter "egress.ip-permission.cidr"',
      'the sandbox does not simulate IAM:ListRoles',
      'the sandbox does not simulate CloudWatch Logs:DescribeLogStreams',
      'the sandbox does not simulate S3:PUT object',
      'the sandbox does not simulate S3:GET service'
    ])
  })

  it('answer errors as each of AWS\'s protocols writes them', async () => {
    expect(await caught(new Batch(settings).updateJobQueue({ jobQueue: 'missing', state: 'DISABLED' }))).toEqual({
      name: 'ClientException',
      message: 'JobQueue missing not found.',
      status: 400
    })
    expect(await caught(new IAM(settings).getRole({ RoleName: 'missing' }))).toEqual({
      name: 'NoSuchEntityException',
      message: 'The role with name missing cannot be found.',
      status: 404
    })
    const s3 = new S3({ ...settings, forcePathStyle: true })
    expect(await caught(s3.listObjectVersions({ Bucket: 'missing' }))).toMatchObject({
      name: 'NoSuchBucket',
      status: 404
    })
    expect(await caught(s3.headBucket({ Bucket: 'missing' }))).toMatchObject({ name: 'NotFound', status: 404 })
    expect(
      await caught(new STS(settings).assumeRole({ RoleArn: 'arn:aws:iam::1:role/x', RoleSessionName: 'x' }))
    ).toMatchObject({ name: 'ValidationError', status: 400 })
  })

  it('know the caller by the credentials', async () => {
    const identity = async (credentials: object) =>
      new STS({ ...settings, credentials: credentials as typeof SANDBOX_CREDENTIALS }).getCallerIdentity({})
    expect(await identity(SANDBOX_CREDENTIALS)).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/sandbox'
    })
    const { Credentials } = await new STS(settings).assumeRole({
      RoleArn: 'arn:aws:iam::999999999999:role/path/deploy',
      RoleSessionName: 's',
      ExternalId: 'ours'
    })
    const assumed = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? ''
    }
    expect(await identity(assumed)).toMatchObject({
      Account: '999999999999',
      Arn: 'arn:aws:sts::999999999999:assumed-role/deploy/s'
    })
    expect(await caught(identity({ accessKeyId: 'AKIAREAL', secretAccessKey: 'x' }))).toMatchObject({
      name: 'InvalidClientTokenId',
      status: 403
    })
    const { Credentials: old } = await new STS(settings).assumeRole({
      RoleArn: 'arn:aws:iam::999999999999:role/x',
      RoleSessionName: 's',
      DurationSeconds: -1
    })
    expect(await caught(identity({ ...assumed, sessionToken: old?.SessionToken ?? '' }))).toMatchObject({
      name: expect.stringContaining('ExpiredToken'),
      status: 403
    })
    expect((await fetch(settings.endpoint)).status).toBe(403)
  })

  it('show what the provider made, and hide what is not visible yet', async () => {
    const provider = await connectProvider(cloud.grpcPort)
    const environment = await compute(provider, 'compute', { name: 'shown' })
    const made = await queue(provider, 'queue', environment)
    await cloud.control.addFault({ kind: 'hide', on: 'create', type: LOGS, reads: 1 })
    await provider.create(LOGS, 'logs', { name: 'hidden' })
    const { vpcId } = await network(provider)
    const batch = new Batch(settings)
    expect((await batch.describeComputeEnvironments({})).computeEnvironments).toMatchObject([
      { computeEnvironmentName: 'shown', status: 'VALID', state: 'ENABLED' }
    ])
    expect((await batch.describeJobQueues({ jobQueues: [made.id, 'missing'] })).jobQueues).toMatchObject([
      { jobQueueArn: made.id, status: 'VALID', computeEnvironmentOrder: [{ order: 1 }] }
    ])
    const { logGroups } = await new CloudWatchLogs(settings).describeLogGroups({})
    expect(logGroups).toEqual([])
    const groups = await new EC2(settings).describeSecurityGroups({
      Filters: [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'group-name', Values: ['def*'] }
      ]
    })
    expect(groups.SecurityGroups).toMatchObject([{ GroupName: 'default', VpcId: vpcId }])
    expect((await batch.updateJobQueue({ jobQueue: made.id, state: 'DISABLED' })).jobQueueArn).toBe(made.id)
    await cloud.control.addFault({
      kind: 'fail',
      on: 'read',
      type: COMPUTE,
      namePrefix: 'shown',
      code: 'ServerException',
      message: 'no',
      httpStatus: 500
    })
    expect(await caught(batch.describeComputeEnvironments({ computeEnvironments: ['shown'] }))).toMatchObject({
      name: 'ServerException',
      status: 500
    })
    provider.close()
  })
})
