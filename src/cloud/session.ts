import type { Batch } from '@aws-sdk/client-batch'
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { EC2 } from '@aws-sdk/client-ec2'
import type { ECS } from '@aws-sdk/client-ecs'
import type { IAM } from '@aws-sdk/client-iam'
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api'
import type { S3 } from '@aws-sdk/client-s3'
import type { STS, STSClientConfig } from '@aws-sdk/client-sts'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { CloudFailure } from './failure.ts'
import type { AwsTarget } from './types.ts'

/** The clients of one target. Each is made when it is first asked for, and its part of the SDK loaded then. */
export interface Session {
  readonly batch: () => Promise<Batch>
  readonly ec2: () => Promise<EC2>
  readonly ecs: () => Promise<ECS>
  readonly iam: () => Promise<IAM>
  readonly logs: () => Promise<CloudWatchLogs>
  readonly s3: () => Promise<S3>
  readonly tagging: () => Promise<ResourceGroupsTaggingAPI>
}

/** What all clients of a process share. */
export interface AwsSessionSettings {
  readonly endpoint?: () => Promise<{ readonly url: URL }>
  readonly credentials?: NonNullable<STSClientConfig['credentials']>
  readonly requestHandler: NodeHttpHandler
  readonly maxAttempts: number
  readonly retryMode: string
}

const ROLE_SESSION = 'batchyard'

/**
 * Opens the way to a target as the engine's provider does: the given or default credentials, then the placement's role;
 * an account that is not the placement's is refused before anything else is asked. Rejects with CloudFailure
 * (`wrong-account`) or what the SDK throws.
 */
export async function openSession ({ region, placement }: AwsTarget, settings: AwsSessionSettings): Promise<Session> {
  const sdk = await import('@aws-sdk/client-sts')
  const own = new sdk.STS({ ...settings, region })
  const caller = placement.roleArn === undefined
    ? own
    : new sdk.STS({ ...settings, region, credentials: async () => assumeRole(own, placement) })
  await refuseOtherAccount(caller, placement)
  // The provider of one client remembers what it got until shortly before it expires; all clients of the target share
  // it.
  const config = { ...settings, region, credentials: caller.config.credentials }
  const pathStyle = settings.endpoint === undefined ? {} : { forcePathStyle: true }
  return {
    batch: once(async () => new (await import('@aws-sdk/client-batch')).Batch(config)),
    ec2: once(async () => new (await import('@aws-sdk/client-ec2')).EC2(config)),
    ecs: once(async () => new (await import('@aws-sdk/client-ecs')).ECS(config)),
    iam: once(async () => new (await import('@aws-sdk/client-iam')).IAM(config)),
    logs: once(async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs(config)),
    s3: once(async () => new (await import('@aws-sdk/client-s3')).S3({ ...config, ...pathStyle })),
    tagging: once(
      async () => new (await import('@aws-sdk/client-resource-groups-tagging-api')).ResourceGroupsTaggingAPI(config)
    )
  }
}

/** Makes it when it is first asked for. */
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return async () => (made ??= make())
}

async function assumeRole (sts: STS, { roleArn, externalId }: AwsTarget['placement']) {
  const { Credentials } = await sts.assumeRole({
    RoleArn: roleArn,
    RoleSessionName: ROLE_SESSION,
    ExternalId: externalId
  })
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
    ...(Credentials?.Expiration && { expiration: Credentials.Expiration })
  }
}

async function refuseOtherAccount (sts: STS, { accountId, roleArn }: AwsTarget['placement']): Promise<void> {
  const expected = accountId ?? roleArn?.split(':')[4]
  if (expected === undefined) return
  const { Account } = await sts.getCallerIdentity({})
  if (Account !== expected) {
    throw new CloudFailure(
      'wrong-account',
      `the credentials lead to account ${Account ?? 'unknown'}, not to ${expected}`
    )
  }
}
