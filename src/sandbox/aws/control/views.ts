import { ApiError } from '../model/errors.ts'
import { block, text, textMap, type Props } from '../values.ts'
import type { Item, AccountRegion } from '../world/item.ts'
import type { ScriptedFault } from '../world/fault.ts'
import { statusOf, type BatchJob } from '../world/job.ts'
import { partitionOf } from '../../../spec/regions.ts'
import { vpcsOf, type Vpc } from '../world/network.ts'
import type { World } from '../world/world.ts'
import type { Fault, JobView, NetworkView, ResourceFilter, ResourceView } from './shapes.ts'

/** A resource as the control API shows it. */
export function viewOf (item: Item): ResourceView {
  const arn = text(item.props, 'arn')
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
    status: text(item.props, 'status') || item.status
  }
}

/** The resources that pass the filter, in the order of their creation. */
export function listResources (world: World, filter: ResourceFilter): ResourceView[] {
  const own = [...world.items.values()].sort((a, b) => a.serial - b.serial).map(viewOf)
  const builtIn = filter.builtIn
    ? accountRegionsOf(world, filter).flatMap((where) => vpcsOf(world, where).flatMap(vpcViews))
    : []
  return [...builtIn, ...own].filter((view) => passes(view, filter))
}

function passes (view: ResourceView, filter: ResourceFilter): boolean {
  const [tag = '', ...value] = (filter.tag ?? '').split('=')
  return (filter.account === undefined || view.account === filter.account) &&
    (filter.region === undefined || view.region === filter.region) &&
    (filter.type === undefined || view.type === filter.type) &&
    (filter.name === undefined || view.name === filter.name) &&
    (tag === '' || (tag in view.tags && (value.length === 0 || view.tags[tag] === value.join('='))))
}

/** Accounts and regions in use, and the one asked for. */
function accountRegionsOf (world: World, filter: ResourceFilter): AccountRegion[] {
  const used = [...world.items.values()].filter((item) => item.region !== 'global')
  const asked =
    filter.account !== undefined && filter.region !== undefined
      ? [{ account: filter.account, region: filter.region }]
      : []
  const accountRegions = new Map(
    [...used, ...asked].map(({ account, region }) => [`${account}|${region}`, { account, region }])
  )
  return [...accountRegions.values()]
}

function vpcViews (vpc: Vpc): ResourceView[] {
  const base = (type: string, id: string, properties: Props): ResourceView => ({
    key: `${type}|${vpc.account}|${vpc.region}|${id}`,
    type,
    id,
    arn: `arn:${partitionOf(vpc.region) ?? 'aws'}:ec2:${vpc.region}:${vpc.account}:${id.split('-')[0] ?? ''}/${id}`,
    name: id,
    account: vpc.account,
    region: vpc.region,
    tags: {},
    properties,
    createdAt: '2020-01-01T00:00:00.000Z',
    status: 'available'
  })
  return [
    base('aws:ec2/vpc:Vpc', vpc.id, { cidrBlock: vpc.cidr, default: vpc.isDefault }),
    ...vpc.subnets.map((subnet) =>
      base('aws:ec2/subnet:Subnet', subnet.id, {
        vpcId: vpc.id,
        cidrBlock: subnet.cidr,
        availabilityZone: subnet.zone,
        mapPublicIpOnLaunch: subnet.isPublic
      })
    ),
    base('aws:ec2/securityGroup:SecurityGroup', vpc.securityGroup, { vpcId: vpc.id, name: 'default' })
  ]
}

export function networkView (vpc: Vpc): NetworkView {
  return {
    vpcId: vpc.id,
    cidrBlock: vpc.cidr,
    isDefault: vpc.isDefault,
    securityGroupId: vpc.securityGroup,
    subnets: vpc.subnets.map(({ id, cidr, zone, isPublic }) => ({
      id,
      cidrBlock: cidr,
      availabilityZone: zone,
      isPublic
    }))
  }
}

export function jobView (job: BatchJob): JobView {
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
export function faultView ({ hits, ...fault }: ScriptedFault): Fault {
  return { ...fault, struck: hits }
}

/** Merges changes into a resource's properties as a person at the console would: nested blocks by key, `null` removes. */
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
