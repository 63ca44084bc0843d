import type { SandboxInput, SandboxNetwork } from '../../../schemas/sandbox-control.ts'
import type { SandboxFault, SandboxJob, SandboxResource } from '../../../schemas/sandbox.ts'
import { ApiError } from '../model/errors.ts'
import { block, flag, textProperty, textMap, type Props } from '../values.ts'
import type { Item } from '../world/item.ts'
import type { ScriptedFault } from '../world/fault.ts'
import { statusOf, type BatchJob } from '../world/job.ts'
import { resourceTypes } from '../services/index.ts'
import { inVpc, isDefaultVpc, SUBNET } from '../services/ec2/lookups.ts'
import type { World } from '../world/world.ts'

/** A resource as the control API shows it. */
export function viewOf (item: Item): SandboxResource {
  const arn = textProperty(item.props, 'arn')
  return {
    key: item.key,
    type: item.type,
    id: item.id,
    ...(arn !== '' && { arn }),
    name: item.name,
    account: item.account,
    region: item.region,
    tags: textMap(item.props, 'tagsAll'),
    properties: item.props,
    createdAt: item.createdAt,
    status: resourceTypes.get(item.type)?.shownStatus?.(item) ?? item.status
  }
}

/** The resources that pass the filter, in the order of their creation. */
export function listResources (world: World, filter: SandboxInput<'resources'>): SandboxResource[] {
  return [...world.items.values()]
    .filter((item) => filter.builtIn || !item.builtIn)
    .sort((a, b) => a.serial - b.serial)
    .map(viewOf)
    .filter((view) => passes(view, filter))
}

function passes (view: SandboxResource, filter: SandboxInput<'resources'>): boolean {
  const [tag = '', ...value] = (filter.tag ?? '').split('=')
  return (filter.account === undefined || view.account === filter.account) &&
    (filter.region === undefined || view.region === filter.region) &&
    (filter.type === undefined || view.type === filter.type) &&
    (filter.name === undefined || view.name === filter.name) &&
    (tag === '' || (tag in view.tags && (value.length === 0 || view.tags[tag] === value.join('='))))
}

/** A VPC with its subnets and its default group. */
export function networkView (vpc: Item, world: World): SandboxNetwork {
  return {
    vpcId: vpc.id,
    cidrBlock: textProperty(vpc.props, 'cidrBlock'),
    isDefault: isDefaultVpc(vpc),
    securityGroupId: textProperty(vpc.props, 'defaultSecurityGroupId'),
    subnets: inVpc(world, SUBNET, vpc).map(({ id, props }) => ({
      id,
      cidrBlock: textProperty(props, 'cidrBlock'),
      availabilityZone: textProperty(props, 'availabilityZone'),
      isPublic: flag(props, 'mapPublicIpOnLaunch')
    }))
  }
}

export function jobView (job: BatchJob): SandboxJob {
  return {
    id: job.id,
    name: job.name,
    queue: job.queueArn,
    status: statusOf(job),
    account: job.account,
    region: job.region,
    createdAt: new Date(job.createdAt).toISOString(),
    ...(job.reason !== undefined && { reason: job.reason })
  }
}

/** The API calls the hits of a fault `struck`. */
export function faultView ({ hits, ...fault }: ScriptedFault): SandboxFault {
  return { ...fault, struck: hits }
}

/** Merges changes into a resource's properties: nested blocks by key, `null` removes. */
export function mergeProps (before: Props, changes: Props): Props {
  const merged: Props = { ...before }
  for (const [key, value] of Object.entries(changes)) {
    const inner = block(changes, key)
    if (value === null) delete merged[key]
    else merged[key] = inner ? mergeProps(block(before, key) ?? {}, inner) : value
  }
  return merged
}

export function notFound (what: string): ApiError {
  return new ApiError('NotFound', `${what} does not exist in the sandbox`, 404)
}
