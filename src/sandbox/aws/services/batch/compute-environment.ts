import { createHash } from 'node:crypto'
import { ApiError, WaitError } from '../../model/errors.ts'
import { regionField } from '../../model/define.ts'
import {
  anArn,
  between,
  blockField,
  countField,
  flagField,
  listField,
  matching,
  isOneOf,
  tagsFields,
  textField,
  textMapField
} from '../../model/fields.ts'
import type { Call, AwsResourceType } from '../../model/types.ts'
import type { Item } from '../../world/item.ts'
import { hasJobs } from '../../world/job.ts'
import type { World } from '../../world/world.ts'
import { block, count, isEmpty, textProperty, texts, type Props } from '../../values.ts'
import { findSubnet, requireSecurityGroups, requireSubnets } from '../ec2/lookups.ts'
import { rolesOf } from '../iam/lookups.ts'
import { trusts } from '../iam/policy-document.ts'

export const COMPUTE_ENVIRONMENT = 'aws:batch/computeEnvironment:ComputeEnvironment'
export const JOB_QUEUE = 'aws:batch/jobQueue:JobQueue'

/** Not raisable, per account and region; so is the one of job queues. */
export const BATCH_QUOTA = 50

export const batchName = matching(
  /^[0-9A-Za-z][0-9A-Za-z_-]{0,127}$/,
  'must be up to 128 letters (uppercase and lowercase), numbers, underscores and dashes, ' +
    'and must start with an alphanumeric'
)

/** Arguments of EC2 compute environments, and what AWS calls them when it refuses them on Fargate. */
const NOT_ON_FARGATE: Readonly<Record<string, string>> = {
  minVcpus: 'minvCpus',
  desiredVcpus: 'desiredvCpus',
  instanceTypes: 'instanceTypes',
  instanceRole: 'instanceRole',
  allocationStrategy: 'allocationStrategy',
  bidPercentage: 'bidPercentage',
  spotIamFleetRole: 'spotIamFleetRole',
  ec2KeyPair: 'ec2KeyPair',
  imageId: 'imageId',
  placementGroup: 'placementGroup',
  tags: 'tags'
}

const computeResources = blockField({
  type: textField({ required: true, rule: isOneOf('FARGATE', 'FARGATE_SPOT', 'EC2', 'SPOT') }),
  maxVcpus: countField({ required: true }),
  subnets: listField(textField(), { required: true, unordered: true }),
  securityGroupIds: listField(textField(), { unordered: true }),
  minVcpus: countField(),
  desiredVcpus: countField({ computed: true }),
  instanceTypes: listField(textField(), { unordered: true }),
  instanceRole: textField({ rule: anArn }),
  allocationStrategy: textField(),
  bidPercentage: countField(),
  spotIamFleetRole: textField({ rule: anArn, forceNew: true }),
  ec2KeyPair: textField(),
  imageId: textField(),
  placementGroup: textField({ forceNew: true }),
  tags: textMapField()
}, { unsupported: ['ec2Configurations', 'launchTemplate'] })

/** The service-linked role AWS Batch makes for itself when none is named. */
function serviceLinkedRole (partition: string, account: string): string {
  return `arn:${partition}:iam::${account}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch`
}

export const computeEnvironment: AwsResourceType = {
  token: COMPUTE_ENVIRONMENT,
  label: 'Batch Compute Environment',
  service: 'Batch',
  calls: {
    create: 'CreateComputeEnvironment',
    read: 'DescribeComputeEnvironments',
    update: 'UpdateComputeEnvironment',
    delete: 'DeleteComputeEnvironment'
  },
  fields: {
    ...regionField,
    ...tagsFields,
    name: textField({ forceNew: true, computed: true, rule: batchName }),
    type: textField({ required: true, forceNew: true, rule: isOneOf('MANAGED', 'UNMANAGED') }),
    state: textField({ default: 'ENABLED', rule: isOneOf('ENABLED', 'DISABLED') }),
    serviceRole: textField({ computed: true, rule: anArn }),
    computeResources,
    updatePolicy: blockField(
      {
        jobExecutionTimeoutMinutes: countField({ rule: between(1, 360) }),
        terminateJobsOnUpdate: flagField()
      },
      { computed: true }
    )
  },
  unsupported: ['namePrefix', 'eksConfiguration'],
  computed: ['arn', 'ecsClusterArn', 'status', 'statusReason'],
  autoName: { field: 'name', max: 128 },
  seconds: { create: 12, update: 8, delete: 60 },
  check: (inputs) => {
    const kind = textProperty(block(inputs, 'computeResources'), 'type')
    if (textProperty(inputs, 'type') === 'UNMANAGED') {
      return [{ path: 'type', reason: 'the sandbox simulates MANAGED compute environments only' }]
    }
    if (kind === 'EC2' || kind === 'SPOT') {
      return [
        { path: 'computeResources.type', reason: `the sandbox does not simulate compute environments of type ${kind}` }
      ]
    }
    return []
  },
  validate: validateComputeEnvironment,
  draft: (inputs, call) => {
    const name = textProperty(inputs, 'name')
    const role = textProperty(inputs, 'serviceRole')
    const arn = call.arn('batch', `compute-environment/${name}`)
    return {
      id: name,
      name,
      props: {
        arn,
        ecsClusterArn: call.arn('ecs', `cluster/AWSBatch-${name}-${uuidOf(arn + call.now)}`),
        serviceRole: role === '' ? serviceLinkedRole(call.partition, call.account) : role,
        namePrefix: '',
        status: 'CREATING',
        statusReason: 'ComputeEnvironment Creating'
      }
    }
  },
  conflictError: () => new ApiError('ClientException', 'Object already exists'),
  busyError,
  deletingProps: { status: 'DELETING' },
  shownStatus: (item) => textProperty(item.props, 'status'),
  settle: settleComputeEnvironment,
  usable: (item, verb) => {
    if (textProperty(item.props, 'status') !== 'VALID') throw waited(item, verb, 'VALID')
  },
  // Batch needs its role until the end: with a wrong or deleted one the environment cannot be deleted either. Nor can
  // one of Fargate in which jobs run; once they have ended, it can.
  teardown: (item, world) => {
    settleComputeEnvironment(item, world)
    if (hasJobs(world.jobs.values(), textProperty(item.props, 'arn'))) {
      item.props['status'] = 'INVALID'
      item.props['statusReason'] = 'CLIENT_ERROR - The compute environment has active jobs'
    }
    if (textProperty(item.props, 'status') === 'INVALID') throw waited(item, 'delete', 'DELETED')
  },
  refuseDelete: (item, call) => {
    const arn = textProperty(item.props, 'arn')
    const used = call.world.inRegion(JOB_QUEUE, call).some((queue) => ordersOf(queue.props).includes(arn))
    if (used) throw new ApiError('ClientException', 'Cannot delete, found existing JobQueue relationship')
  }
}

/** ARNs of the compute environments a queue is bound to. */
export function ordersOf (queue: Props): string[] {
  const orders = queue['computeEnvironmentOrders']
  return Array.isArray(orders) ? orders.map((order) => textProperty(order as Props, 'computeEnvironment')) : []
}

function validateComputeEnvironment (inputs: Props, call: Call, item?: Item): void {
  const resources = block(inputs, 'computeResources')
  if (!resources) {
    throw new ApiError('ClientException', 'computeResources must be provided for a MANAGED compute environment')
  }
  if (item) refuseFargateUpdate(resources, inputs, item)
  else if (call.world.inRegion(COMPUTE_ENVIRONMENT, call).length >= BATCH_QUOTA) {
    throw new ApiError('ClientException', `Limit exceeded: account ${call.account} already has the maximum of ` +
      `${BATCH_QUOTA} compute environments in ${call.region}`)
  }
  for (const [argument, awsName] of Object.entries(NOT_ON_FARGATE)) {
    if (!isEmpty(resources[argument])) throw batchError(`${awsName} is not applicable for Fargate.`)
  }
  if (!isEmpty(inputs['updatePolicy'])) throw batchError('updatePolicy is not applicable for Fargate.')
  if ((count(resources, 'maxVcpus') ?? 0) < 1) throw batchError('maxvCpus must be greater than or equal to 1.')
  refuseNetwork(resources, call)
}

function refuseNetwork (resources: Props, call: Call): void {
  const subnets = texts(resources, 'subnets')
  const groups = texts(resources, 'securityGroupIds')
  if (subnets.length < 1 || subnets.length > 16) throw batchError('subnets must have between 1 and 16 elements.')
  if (groups.length === 0) throw batchError('securityGroupIds must be provided for Fargate.')
  if (groups.length > 5) throw batchError('securityGroupIds can have at most 5 elements.')
  requireSubnets(call, subnets, fromEc2)
  requireSecurityGroups(call, groups, fromEc2)
  const vpcs = new Set(subnets.map((id) => textProperty(findSubnet(call, id)?.props, 'vpcId')))
  if (vpcs.size > 1) throw batchError('All subnets must belong to the same VPC.')
}

function refuseFargateUpdate (resources: Props, inputs: Props, item: Item): void {
  const before = block(item.props, 'computeResources')
  if (textProperty(before, 'type') !== textProperty(resources, 'type')) {
    throw batchError("The following parameters can't be updated for Fargate compute environment: type.")
  }
  const custom = !textProperty(item.props, 'serviceRole').includes('/aws-service-role/')
  const asked = textProperty(inputs, 'serviceRole')
  if (asked !== '' && asked !== textProperty(item.props, 'serviceRole') && !custom) {
    throw batchError(
      'Cannot change the service role of a compute environment from a service-linked role to a custom role.'
    )
  }
  const changed = ['subnets', 'securityGroupIds'].filter(
    (key) => texts(before, key).toSorted().join() !== texts(resources, key).toSorted().join()
  )
  if (custom && changed.length > 0) {
    throw batchError(
      `${changed.join(', ')} can be updated only for Non-fargate Compute Environment having a ` +
        'Batch Service Linked Role.'
    )
  }
}

function waited (item: Item, verb: string, wanted: string): WaitError {
  return new WaitError(`waiting for Batch Compute Environment (${item.name}) ${verb}: unexpected state 'INVALID', ` +
    `wanted target '${wanted}'. last error: ${textProperty(item.props, 'statusReason')}`)
}

/** AWS Batch assumes the role when it builds the environment; a role it may not assume leaves it INVALID. */
function settleComputeEnvironment (item: Item, world: World): void {
  const arn = textProperty(item.props, 'serviceRole')
  const role = rolesOf(world, item.account).find((each) => textProperty(each.props, 'arn') === arn)
  const assumable =
    arn.includes('/aws-service-role/batch.') || (role !== undefined && trusts(role.props, 'batch.amazonaws.com'))
  item.props['status'] = assumable ? 'VALID' : 'INVALID'
  item.props['statusReason'] = assumable
    ? 'ComputeEnvironment Healthy'
    : `CLIENT_ERROR - User: batch.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${arn}`
}

/** How AWS Batch words most of what it refuses; the request id appears twice. */
export function batchError (reason: string): ApiError {
  return new ApiError('ClientException', `Error executing request, Exception : ${reason}, RequestId: {requestId}`)
}

/** Batch carries out one change of a resource after the other. */
export function busyError (): ApiError {
  return new ApiError('ClientException', 'Cannot modify, resource is being modified.')
}

/** How AWS Batch passes on what EC2 answered it. */
function fromEc2 (code: string, message: string): ApiError {
  return batchError(`${message} (Service: AmazonEC2; Status Code: 400; Error Code: ${code}; Request ID: {requestId})`)
}

function uuidOf (source: string): string {
  const hex = createHash('sha256').update(source).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
