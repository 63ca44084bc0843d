import { beforeAll, describe, expect, it } from 'vitest'
import type { Spec } from '../../../src/schemas/spec.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { inputOf, live, type EventLog } from './event-log.ts'
import type { StateResource } from './stack.ts'

const REPOSITORY = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/vision/train'
const SPEC: Spec = {
  team: 'vision',
  name: 'training',
  labels: { cost: '7' },
  jobs: { default: { image: `${REPOSITORY}:1`, command: ['python', 'train.py'], environment: { EPOCHS: '3' } } }
}
const PLACEMENT = { region: 'eu-central-1', accountId: '123456789012' }
const INPUT = inputOf(SPEC, PLACEMENT)
const BASE = 'batchyard-vision-training-7d0300d27596'
const TAGS = { cost: '7', 'batchyard:team': 'vision', 'batchyard:environment': 'training', 'batchyard:id': INPUT.id }

const RESOURCES = [
  'aws:batch/computeEnvironment:ComputeEnvironment',
  'aws:batch/jobDefinition:JobDefinition',
  'aws:batch/jobQueue:JobQueue',
  'aws:cloudwatch/logGroup:LogGroup',
  'aws:ec2/securityGroup:SecurityGroup',
  'aws:ecs/cluster:Cluster',
  'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders',
  'aws:ecs/service:Service',
  'aws:ecs/taskDefinition:TaskDefinition',
  'aws:iam/role:Role',
  'aws:iam/role:Role',
  'aws:iam/rolePolicy:RolePolicy',
  'aws:iam/rolePolicy:RolePolicy',
  'aws:s3/bucket:Bucket',
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
  'aws:s3/bucketPolicy:BucketPolicy',
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule'
]
const WITHOUT_TAGS = /RolePolicy|ClusterCapacityProviders|s3\/bucket[A-Z]/

describe.each(await enginesPresent())('the program on the $kind engine', (engine) => {
  let eventLog: EventLog
  const cloudResources = () => eventLog.state.filter(({ type }) => type.startsWith('aws:'))
  const all = (kind: string) => cloudResources().filter(({ type }) => type.endsWith(`:${kind}`))
  const one = (kind: string): StateResource => {
    const [found, ...others] = all(kind)
    if (found === undefined || others.length > 0) {
      throw new Error(`expected one ${kind}, found ${others.length + (found ? 1 : 0)}`)
    }
    return found
  }
  const inputs = (kind: string) => one(kind).inputs ?? {}
  const json = (value: unknown) => JSON.parse(String(value)) as Record<string, unknown>
  const role = (name: string) => all('Role').find(({ urn }) => urn.endsWith(`::${name}`))
  const policyOf = (name: string) =>
    json(all('RolePolicy').find(({ urn }) => urn.endsWith(`::${name}`))?.inputs?.['policy'])
  const dependsOn = (from: StateResource, to: StateResource) => from.dependencies?.includes(to.urn)

  beforeAll(async () => { eventLog = await live(engine, INPUT) })

  it('declares these resources and no other', () => {
    expect(cloudResources().map(({ type }) => type).sort()).toEqual(RESOURCES)
    expect(eventLog.cloud.map(({ type }) => type).sort()).toEqual(RESOURCES)
  })

  it('tags all that can have tags with the team, the environment, its id and the labels', () => {
    for (const { type, tags } of eventLog.cloud.filter(({ type }) => !WITHOUT_TAGS.test(type))) {
      expect({ type, tags }).toEqual({ type, tags: TAGS })
    }
  })

  it('answers what was created', () => {
    const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:123456789012:${rest}`
    expect(eventLog.first.outputs).toMatchObject({
      ecs_cluster_name: BASE,
      job_queue_name: `${BASE}-default`,
      job_definition_arn: arn('batch', `job-definition/${BASE}-default:1`),
      job_queue_arn: arn('batch', `job-queue/${BASE}-default`),
      job_definition_name: `${BASE}-default`,
      job_definition_arn_prefix: arn('batch', `job-definition/${BASE}-default`),
      job_definition_revision: 1,
      ecs_cluster_arn: arn('ecs', `cluster/${BASE}`),
      task_definition_arn: arn('ecs', `task-definition/${BASE}:1`),
      bucket_name: BASE,
      bucket_arn: `arn:aws:s3:::${BASE}`,
      log_group_names: ['/batchyard/vision/training-7d0300d27596'],
      execution_role_arn: `arn:aws:iam::123456789012:role/${BASE}-execution`,
      job_role_arn: `arn:aws:iam::123456789012:role/${BASE}-job`,
      region: 'eu-central-1',
      account_id: '123456789012',
      queues: { default: { name: `${BASE}-default`, priority: 1 } },
      jobs: { default: { definition_revision: 1 } },
      compute: { default: { type: 'FARGATE_SPOT' } }
    })
    expect(eventLog.first.outputs['compute_environment_name']).toMatch(new RegExp(`^${BASE}-default-[0-9a-f]{7}$`))
    expect(eventLog.first.outputs['ecs_service_name']).toMatch(new RegExp(`^${BASE}-[0-9a-f]{7}$`))
    expect(eventLog.first.outputs['subnet_ids']).toHaveLength(3)
    expect(Object.values(eventLog.first.outputs)).not.toContain(undefined)
  })

  it('changes nothing when it runs again', () => {
    expect(Object.keys(eventLog.second.changes)).toEqual(['same'])
    expect(eventLog.second.outputs).toEqual(eventLog.first.outputs)
  })

  it('leaves nothing behind when it is destroyed', () => {
    expect(eventLog.cloudAfterwards).toEqual([])
  })

  describe('makes none of the sketch\'s mistakes:', () => {
    it('1. Batch gets no role of ours', () => {
      expect(inputs('ComputeEnvironment')).not.toHaveProperty('serviceRole')
    })

    it('2. and 3. the compute environment has subnets, groups and a limit, and nothing Fargate refuses', () => {
      const { computeResources } = inputs('ComputeEnvironment')
      expect(computeResources).toMatchObject({
        type: 'FARGATE_SPOT',
        maxVcpus: 100,
        subnets: eventLog.first.outputs['subnet_ids'],
        securityGroupIds: [one('SecurityGroup').id]
      })
      const sent = Object.keys(computeResources as object).filter((key) => !key.startsWith('__'))
      expect(sent.sort()).toEqual(['maxVcpus', 'securityGroupIds', 'subnets', 'type'])
    })

    it('4. the job has a size Fargate offers, in texts, on the Fargate platform, with a role and a network', () => {
      expect(inputs('JobDefinition')['platformCapabilities']).toEqual(['FARGATE'])
      expect(json(inputs('JobDefinition')['containerProperties'])).toEqual({
        image: `${REPOSITORY}:1`,
        command: ['python', 'train.py'],
        environment: [
          { name: 'BATCHYARD_BUCKET', value: eventLog.first.outputs['bucket_name'] },
          { name: 'EPOCHS', value: '3' }
        ],
        resourceRequirements: [
          { type: 'VCPU', value: '0.25' },
          { type: 'MEMORY', value: '512' }
        ],
        executionRoleArn: `arn:aws:iam::123456789012:role/${BASE}-execution`,
        jobRoleArn: `arn:aws:iam::123456789012:role/${BASE}-job`,
        networkConfiguration: { assignPublicIp: 'ENABLED' },
        fargatePlatformConfiguration: { platformVersion: 'LATEST' },
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/batchyard/vision/training-7d0300d27596',
            'awslogs-region': 'eu-central-1',
            'awslogs-stream-prefix': 'job-default'
          }
        }
      })
    })

    it('5. no value of the engine became a text', () => {
      expect(JSON.stringify([eventLog.state, eventLog.first.outputs])).not.toMatch(
        /\$\{|Output<|\[object |04da6b54-80e4-46f7-96ec-b56ff0331ba9/
      )
    })

    it('6. only what the spec and the account name reaches the cloud', () => {
      expect(JSON.stringify(eventLog.state)).not.toMatch(/subnet-x+|example\.com|<|placeholder/i)
    })

    it('7. there is a bucket for the jobs: private, encrypted, TLS only, tidy, never emptied', () => {
      const bucket = one('Bucket')
      expect(bucket.inputs).toMatchObject({ bucket: BASE, forceDestroy: false })
      expect(inputs('BucketPublicAccessBlock')).toMatchObject({
        blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true
      })
      expect(inputs('BucketOwnershipControls')['rule']).toMatchObject({ objectOwnership: 'BucketOwnerEnforced' })
      expect(inputs('BucketServerSideEncryptionConfiguration')['rules']).toMatchObject([
        { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
      ])
      expect(json(inputs('BucketPolicy')['policy'])).toMatchObject({
        Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }]
      })
      expect(inputs('BucketLifecycleConfiguration')['rules']).toMatchObject([
        { abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
        { filter: { prefix: 'intermediate/' }, expiration: { days: 30 } }
      ])
      const side = cloudResources().filter(({ type }) => /s3\/bucket[A-Z]/.test(type))
      expect(side.map(({ deletedWith }) => deletedWith)).toEqual(side.map(() => bucket.urn))
    })

    it('8. the service runs the task on the cluster, on capacity providers that outlive it', () => {
      expect(inputs('ClusterCapacityProviders')['capacityProviders']).toEqual(['FARGATE', 'FARGATE_SPOT'])
      expect(inputs('Service')).toMatchObject({
        cluster: one('Cluster').id,
        taskDefinition: eventLog.first.outputs['task_definition_arn'],
        desiredCount: 0,
        capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
        forceNewDeployment: true,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        networkConfiguration: { assignPublicIp: true, securityGroups: [one('SecurityGroup').id] }
      })
      expect(inputs('Service')).not.toHaveProperty('launchType')
      expect(dependsOn(one('Service'), one('ClusterCapacityProviders'))).toBe(true)
      expect(inputs('TaskDefinition')).toMatchObject({
        cpu: '256',
        memory: '512',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE']
      })
    })

    it('9. what runs waits for the policies and the environment\'s own log group, which is not kept for ever', () => {
      for (const policy of all('RolePolicy')) {
        expect(dependsOn(one('JobDefinition'), policy)).toBe(true)
        expect(dependsOn(one('Service'), policy)).toBe(true)
      }
      expect(inputs('LogGroup')).toMatchObject({ name: '/batchyard/vision/training-7d0300d27596', retentionInDays: 30 })
      for (const user of ['JobDefinition', 'TaskDefinition']) expect(dependsOn(one(user), one('LogGroup'))).toBe(true)
    })

    it('10. every name is the environment\'s, and what is replaced by creating first has no fixed one', () => {
      const names = eventLog.cloud
        .filter(({ type }) => !/EgressRule|RolePolicy|s3\/bucket[A-Z]|CapacityProviders/.test(type))
        .map(({ name }) => name)
      expect(names.filter((name) => !name.includes('7d0300d27596'))).toEqual([])
      for (const kind of ['ComputeEnvironment', 'Service', 'SecurityGroup']) {
        expect(inputs(kind)['name']).toMatch(/-[0-9a-f]{7}$/)
      }
    })

    it('11. a job is a container that survives Spot, ends some time and is not retried for its own faults', () => {
      expect(inputs('JobDefinition')).toMatchObject({
        type: 'container',
        timeout: { attemptDurationSeconds: 86_400 },
        propagateTags: true
      })
      const { attempts, evaluateOnExits } = inputs('JobDefinition')['retryStrategy'] as {
        attempts: number
        evaluateOnExits: object[]
      }
      expect(attempts).toBe(5)
      expect(evaluateOnExits).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ action: 'RETRY', onStatusReason: 'Your Spot Task was interrupted*' })
        ])
      )
      expect(evaluateOnExits.at(-1)).toMatchObject({ action: 'EXIT', onReason: '*' })
    })

    it('12. everything goes through the one provider, which knows its account', () => {
      const providers = eventLog.state.filter(({ type }) => type.startsWith('pulumi:providers:'))
      expect(providers.map(({ urn }) => urn)).toEqual([expect.stringMatching(/::pulumi:providers:aws::aws$/)])
      expect(
        cloudResources().filter(({ provider }) => provider !== `${providers[0]?.urn}::${providers[0]?.id}`)
      ).toEqual([])
      expect(JSON.stringify(providers[0]?.inputs)).toContain('123456789012')
    })
  })

  describe('steps into none of the traps:', () => {
    it('Batch\'s own cluster is another one than the service\'s', () => {
      expect(eventLog.first.outputs['batch_ecs_cluster_arn']).not.toBe(eventLog.first.outputs['ecs_cluster_arn'])
    })

    it('the queue is ENABLED and bound to the compute environment', () => {
      expect(inputs('JobQueue')).toMatchObject({
        name: `${BASE}-default`,
        state: 'ENABLED',
        priority: 1,
        computeEnvironmentOrders: [{ order: 1, computeEnvironment: eventLog.first.outputs['compute_environment_arn'] }]
      })
    })

    it('the group of our own lets nothing in and everything out', () => {
      expect(inputs('SecurityGroup')['ingress'] ?? []).toEqual([])
      expect(inputs('SecurityGroupEgressRule')).toMatchObject({
        ipProtocol: '-1',
        cidrIpv4: '0.0.0.0/0',
        securityGroupId: one('SecurityGroup').id
      })
      expect(dependsOn(one('ComputeEnvironment'), one('SecurityGroupEgressRule'))).toBe(true)
    })

    it('both roles trust the tasks of this account only', () => {
      for (const name of ['execution', 'job']) {
        expect(json(role(name)?.inputs?.['assumeRolePolicy'])).toMatchObject({
          Statement: [
            {
              Principal: { Service: 'ecs-tasks.amazonaws.com' },
              Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } }
            }
          ]
        })
      }
    })

    it('no role may do more than it must', () => {
      const logGroup = 'arn:aws:logs:eu-central-1:123456789012:log-group:/batchyard/vision/training-7d0300d27596:*'
      expect(policyOf('execution')['Statement']).toMatchObject([
        { Sid: 'Logs', Resource: logGroup },
        { Sid: 'RegistryToken', Action: 'ecr:GetAuthorizationToken' },
        { Sid: 'Pull', Resource: ['arn:aws:ecr:eu-central-1:123456789012:repository/vision/train'] }
      ])
      expect(policyOf('job')['Statement']).toMatchObject([
        { Resource: `arn:aws:s3:::${BASE}` },
        { Resource: `arn:aws:s3:::${BASE}/*` }
      ])
    })
  })
})
