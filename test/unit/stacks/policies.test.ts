import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { executionPolicy, jobPolicy, tasksTrust, tlsOnlyPolicy } from '../../../src/stacks/policies.ts'

const place = { partition: 'aws', region: 'eu-central-1', accountId: '123456789012' } as const
const repository = { accountId: '210987654321', region: 'us-east-1', repository: 'vision/train', name: '' }

describe('policies', () => {
  it('trust tasks of this account and region only', () => {
    expect(tasksTrust(place)).toEqual({
      Version: '2012-10-17',
      Statement: [{
        Sid: 'Tasks',
        Effect: 'Allow',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-central-1:123456789012:*' }
        }
      }]
    })
  })

  it('let the execution role write this log group and nothing else where images are public', () => {
    expect(executionPolicy('arn:aws:logs:eu-central-1:123456789012:log-group:/batchyard/a/b', 'aws', [])).toEqual({
      Version: '2012-10-17',
      Statement: [{
        Sid: 'Logs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: 'arn:aws:logs:eu-central-1:123456789012:log-group:/batchyard/a/b:*'
      }]
    })
  })

  it('let the execution role pull from the private repositories in use', () => {
    const [, token, pull] = executionPolicy('arn:x', 'aws-cn', [repository]).Statement
    expect(token).toEqual({ Sid: 'RegistryToken', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' })
    expect(pull).toEqual({
      Sid: 'Pull',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      Resource: ['arn:aws-cn:ecr:us-east-1:210987654321:repository/vision/train']
    })
  })

  it('let jobs read and write one bucket', () => {
    expect(jobPolicy('arn:aws:s3:::b')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Bucket',
          Effect: 'Allow',
          Action: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
          Resource: 'arn:aws:s3:::b'
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
          Resource: 'arn:aws:s3:::b/*'
        }
      ]
    })
  })

  it('let nobody reach the bucket without TLS', () => {
    expect(tlsOnlyPolicy('arn:aws:s3:::b').Statement).toEqual([{
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } }
    }])
  })

  it('allow no wildcard of actions, and no resource but the registry token\'s', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('aws', 'aws-cn', 'aws-us-gov'),
        fc.array(fc.constant(repository), { maxLength: 3 }),
        (partition, repositories) => {
          const statements = [
            ...executionPolicy('arn:x', partition, repositories).Statement,
            ...jobPolicy('arn:y').Statement
          ]
          for (const { Action, Resource, Sid } of statements) {
            expect(
              [Action].flat().filter((action) => action.includes('*') || action === 'logs:CreateLogGroup')
            ).toEqual([])
            if (Sid !== 'RegistryToken') expect([Resource].flat()).not.toContain('*')
          }
          expect(JSON.stringify(tasksTrust({ ...place, partition }))).toContain(`"arn:${partition}:ecs:`)
        }
      )
    )
  })
})
