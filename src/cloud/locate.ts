import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import { RESOURCE_TYPES, type ResourceType } from '../spec/resource-types.ts'
import { ID_TAG } from '../spec/tags.ts'
import { CloudFailure } from './failure.ts'
import type { Session } from './session.ts'
import type { ResourceLookup } from './types.ts'
import { unless } from './translate.ts'
import { until } from './waiting.ts'

interface Query { readonly session: Session, readonly environmentId: string, readonly inputs: ResourceLookup['inputs'] }

/** A resource that exists. What AWS is still making can neither be used nor deleted yet, so it is waited for. */
interface Found { readonly id: string | undefined, readonly settling?: boolean }
type LookUp = (query: Query) => Promise<Found | undefined>

const text = (inputs: ResourceLookup['inputs'], key: string): string =>
  typeof inputs[key] === 'string' ? inputs[key] : ''

const isSettling = (status: string | undefined): boolean =>
  ['CREATING', 'UPDATING', 'PROVISIONING'].includes(status ?? '')
const isGoing = (status: string | undefined): boolean =>
  ['DELETING', 'DELETED', 'DEPROVISIONING', 'DRAINING', 'INACTIVE', 'FAILED'].includes(status ?? '')

const found = (id: string | undefined, status?: string): Found | undefined =>
  isGoing(status) ? undefined : { id, settling: isSettling(status) }

/**
 * For what has no existence of its own: it is looked for where its owner is, and a refresh drops it if it is not there.
 */
const beside = (owner: LookUp, idOf: (inputs: ResourceLookup['inputs']) => string): LookUp => async (query) => {
  const exists = await owner(query)
  return exists && { ...exists, id: idOf(query.inputs) }
}

const computeEnvironment: LookUp = async ({ session, inputs }) => {
  const { computeEnvironments: [each] = [] } = await (
    await session.batch()
  ).describeComputeEnvironments({ computeEnvironments: [text(inputs, 'name')] })
  return each && found(each.computeEnvironmentName, each.status)
}

const jobQueue: LookUp = async ({ session, inputs }) => {
  const { jobQueues: [each] = [] } = await (
    await session.batch()
  ).describeJobQueues({ jobQueues: [text(inputs, 'name')] })
  return each && found(each.jobQueueArn, each.status)
}

const jobDefinition: LookUp = async ({ session, inputs }) => {
  const { jobDefinitions = [] } = await (
    await session.batch()
  ).describeJobDefinitions({ jobDefinitionName: text(inputs, 'name'), status: 'ACTIVE' })
  const [newest] = jobDefinitions.toSorted((a, b) => (b.revision ?? 0) - (a.revision ?? 0))
  return newest && found(newest.jobDefinitionArn)
}

const clusterNamed = (key: string): LookUp => async ({ session, inputs }) => {
  const { clusters: [each] = [] } = await (await session.ecs()).describeClusters({ clusters: [text(inputs, key)] })
  return each && found(each.clusterArn, each.status)
}

const service: LookUp = async ({ session, inputs }) => {
  const ecs = await session.ecs()
  const answer = await unless(
    ['ClusterNotFoundException'],
    ecs.describeServices({ cluster: text(inputs, 'cluster'), services: [text(inputs, 'name')] })
  )
  const [each] = answer?.services ?? []
  return each && found(each.serviceArn, each.status)
}

/** Its ARN, though the provider calls it by its family: with that alone nothing could say which revision it is. */
const taskDefinition: LookUp = async ({ session, inputs }) => {
  const { taskDefinitionArns: [newest] = [] } = await (
    await session.ecs()
  ).listTaskDefinitions({ familyPrefix: text(inputs, 'family'), status: 'ACTIVE', sort: 'DESC', maxResults: 1 })
  return newest === undefined ? undefined : found(newest)
}

const roleNamed = (key: string): LookUp => async ({ session, inputs }) => {
  const answer = await unless(['NoSuchEntityException'], (await session.iam()).getRole({ RoleName: text(inputs, key) }))
  return answer && found(answer.Role?.RoleName)
}

/** One that belongs to somebody else is none of ours: creating it says so in AWS's words. */
const bucket: LookUp = async ({ session, inputs }) => {
  const name = text(inputs, 'bucket')
  const answer = await unless([404, 403], (await session.s3()).headBucket({ Bucket: name }))
  return answer && found(name)
}

/** A prefix finds the group itself first: names are answered in their order. */
const logGroup: LookUp = async ({ session, inputs }) => {
  const name = text(inputs, 'name')
  const { logGroups = [] } = await (await session.logs()).describeLogGroups({ logGroupNamePrefix: name })
  return logGroups.some(({ logGroupName }) => logGroupName === name) ? found(name) : undefined
}

const securityGroup: LookUp = async ({ session, environmentId, inputs }) => {
  const vpcId = text(inputs, 'vpcId')
  const { SecurityGroups: [each] = [] } = await (await session.ec2()).describeSecurityGroups({
    Filters: [
      { Name: 'group-name', Values: [text(inputs, 'name')] },
      { Name: `tag:${ID_TAG}`, Values: [environmentId] },
      ...(vpcId === '' ? [] : [{ Name: 'vpc-id', Values: [vpcId] }])
    ]
  })
  return each && found(each.GroupId)
}

/** A rule has no name: it is the one of its group that says the same. EC2 holds no two alike. */
const egressRule: LookUp = async ({ session, inputs }) => {
  const { SecurityGroupRules = [] } = await (await session.ec2()).describeSecurityGroupRules({
    Filters: [{ Name: 'group-id', Values: [text(inputs, 'securityGroupId')] }]
  })
  const same = SecurityGroupRules.find((rule) => rule.IsEgress === true && saysTheSame(rule, inputs))
  return same && found(same.SecurityGroupRuleId)
}

/** Rules for every protocol have no ports, and EC2 says -1 for them. */
function saysTheSame (rule: SecurityGroupRule, inputs: ResourceLookup['inputs']): boolean {
  const port = (value: unknown): number => typeof value === 'number' ? value : -1
  return rule.IpProtocol === text(inputs, 'ipProtocol') &&
    (rule.CidrIpv4 ?? '') === text(inputs, 'cidrIpv4') &&
    (rule.CidrIpv6 ?? '') === text(inputs, 'cidrIpv6') &&
    (rule.PrefixListId ?? '') === text(inputs, 'prefixListId') &&
    (rule.ReferencedGroupInfo?.GroupId ?? '') === text(inputs, 'referencedSecurityGroupId') &&
    port(rule.FromPort) === port(inputs['fromPort']) && port(rule.ToPort) === port(inputs['toPort'])
}

const ofBucket = beside(bucket, (inputs) => text(inputs, 'bucket'))

/** How each type that an environment's program declares is found. */
const LOOK_UPS: Readonly<Record<string, LookUp>> = {
  [RESOURCE_TYPES.computeEnvironment]: computeEnvironment,
  [RESOURCE_TYPES.jobQueue]: jobQueue,
  [RESOURCE_TYPES.jobDefinition]: jobDefinition,
  [RESOURCE_TYPES.cluster]: clusterNamed('name'),
  [RESOURCE_TYPES.clusterCapacityProviders]: beside(clusterNamed('clusterName'), (inputs) =>
    text(inputs, 'clusterName')
  ),
  [RESOURCE_TYPES.service]: service,
  [RESOURCE_TYPES.taskDefinition]: taskDefinition,
  [RESOURCE_TYPES.role]: roleNamed('name'),
  [RESOURCE_TYPES.rolePolicy]: beside(
    roleNamed('role'),
    (inputs) => `${text(inputs, 'role')}:${text(inputs, 'name')}`
  ),
  [RESOURCE_TYPES.bucket]: bucket,
  [RESOURCE_TYPES.bucketLifecycle]: ofBucket,
  [RESOURCE_TYPES.bucketOwnership]: ofBucket,
  [RESOURCE_TYPES.bucketPolicy]: ofBucket,
  [RESOURCE_TYPES.bucketPublicAccess]: ofBucket,
  [RESOURCE_TYPES.bucketEncryption]: ofBucket,
  [RESOURCE_TYPES.logGroup]: logGroup,
  [RESOURCE_TYPES.securityGroup]: securityGroup,
  [RESOURCE_TYPES.egressRule]: egressRule
} satisfies Record<ResourceType, LookUp>

/** The slowest, a compute environment or a queue, takes about half a minute. */
const SETTLED_MS = 600_000
/**
 * Types whose API may not know yet what it has made (reference: AWS Batch, §5): IAM is known everywhere after 5 to 15
 * s.
 */
const SLOW_TO_SHOW = /^aws:(iam|ec2|vpc)\//
/** After so long what is not seen is not there. */
export const VISIBLE_SECONDS = 20

/**
 * The id of one wanted resource once AWS has finished making it; undefined when there is none, or its type is not
 * known. What may only not be seen yet is looked for again for `visibleSeconds`.
 */
export async function locateOne (
  { session, environmentId, visibleSeconds }: Omit<Query, 'inputs'> & { readonly visibleSeconds: number },
  { urn, type, inputs }: ResourceLookup
): Promise<string | undefined> {
  const lookUp = LOOK_UPS[type]
  if (lookUp === undefined) return undefined
  const patience = AbortSignal.timeout(SETTLED_MS)
  const seenUntil = performance.now() + (SLOW_TO_SHOW.test(type) ? visibleSeconds * 1000 : 0)
  try {
    const { id } = await until(patience, async () => {
      const each = await lookUp({ session, environmentId, inputs })
      const mayShow = each === undefined && performance.now() < seenUntil
      return each?.settling === true || mayShow ? undefined : { id: each?.id }
    })
    return id
  } catch (error) {
    throw patience.aborted
      ? new CloudFailure('cloud-unavailable', `AWS is still making ${urn}`, { cause: error })
      : error
  }
}
