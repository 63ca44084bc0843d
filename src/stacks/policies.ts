import type { EcrRepository } from '../spec/image.ts'
import type { Partition } from '../spec/regions.ts'

/** The parts that all ARNs of an environment have. */
export interface ArnScope { readonly partition: Partition, readonly region: string, readonly accountId: string }

interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: '*' | { readonly Service: string }
  readonly Action: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface PolicyDocument { readonly Version: '2012-10-17', readonly Statement: readonly Statement[] }

const policy = (...statements: readonly Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements
})

/**
 * Trust of both roles: tasks (Batch jobs are ECS tasks), and only those of this account and region (confused deputy).
 */
export function tasksTrust ({ partition, region, accountId }: ArnScope): PolicyDocument {
  return policy({
    Sid: 'Tasks',
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceAccount': accountId },
      ArnLike: { 'aws:SourceArn': `arn:${partition}:ecs:${region}:${accountId}:*` }
    }
  })
}

function pullStatements (partition: Partition, repositories: readonly EcrRepository[]): Statement[] {
  if (repositories.length === 0) return []
  return [
    // The token is the account's, not a repository's: AWS takes no narrower resource.
    { Sid: 'RegistryToken', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Sid: 'Pull',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      Resource: repositories.map(
        ({ region, accountId, repository }) => `arn:${partition}:ecr:${region}:${accountId}:repository/${repository}`
      )
    }
  ]
}

/**
 * What starts a container needs: to write into this log group, and to pull from the private repositories in use.
 * No `logs:CreateLogGroup`: a late task would bring a deleted group back, kept for ever.
 */
export function executionPolicy (
  logGroupArn: string,
  partition: Partition,
  repositories: readonly EcrRepository[]
): PolicyDocument {
  return policy(
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `${logGroupArn}:*`
    },
    ...pullStatements(partition, repositories)
  )
}

/** What the jobs and the service may do: read and write the objects of this environment's bucket. */
export function jobPolicy (bucketArn: string): PolicyDocument {
  return policy(
    {
      Sid: 'Bucket',
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
      Resource: bucketArn
    },
    {
      Sid: 'Objects',
      Effect: 'Allow',
      Action: [
        's3:GetObject',
        's3:PutObject',
        's3:DeleteObject',
        's3:AbortMultipartUpload',
        's3:ListMultipartUploadParts'
      ],
      Resource: `${bucketArn}/*`
    }
  )
}

/** Nobody reaches the bucket but over TLS. A Deny is not public, so it passes the public access block. */
export function tlsOnlyPolicy (bucketArn: string): PolicyDocument {
  return policy({
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } }
  })
}
