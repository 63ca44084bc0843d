import { partitionOf } from '../../../../spec/regions.ts'
import type { Props } from '../../values.ts'
import { keyOf, type AccountRegion, type Item } from '../../world/item.ts'
import { stableId } from '../../world/stable-id.ts'
import type { World } from '../../world/world.ts'
import { findDefaultVpc, inVpc, SECURITY_GROUP, SUBNET, VPC } from './lookups.ts'
import { defaultGroupProps, subnetComputed, vpcComputed, zonesOf } from './network-properties.ts'

/** AWS made the networks of an account before anybody used it. */
const CREATED_AT = '2020-01-01T00:00:00.000Z'

interface NetworkOptions {
  isDefault?: boolean
  /** Whether hosts in its subnets get a public address, as those in the default VPC do. */
  isPublic?: boolean
}

const defaultVpcId = ({ account, region }: AccountRegion): string => stableId('vpc', account, region)

/** Adds the default VPC that AWS gives every account in every region, unless it is there or was removed. */
export function seedDefaultVpc (world: World, where: AccountRegion): void {
  const id = defaultVpcId(where)
  if (where.region === 'global' || world.removedSeeds.has(id) || world.items.has(keyOf(VPC, where, id))) return
  restoreDefaultVpc(world, where)
}

/** Gives the default VPC back, with the ids it had; nothing where there is one. */
export function restoreDefaultVpc (world: World, where: AccountRegion): void {
  if (findDefaultVpc(world, where)) return
  for (const item of networkItems(where, defaultVpcId(where), { isDefault: true })) world.put(item)
}

/** Another VPC of the account, with subnets and a default group, made by hand and not by a program. */
export function addNetwork (world: World, where: AccountRegion, options: NetworkOptions): Item {
  const id = stableId('vpc', where.account, where.region, String(world.next('vpc')))
  const [vpc, ...inside] = networkItems(where, id, options)
  if (!vpc) throw new Error('a network begins with its VPC')
  for (const item of [vpc, ...inside]) world.put(item)
  return vpc
}

/** A VPC, its three subnets in three zones, and its default group. */
export function networkItems (where: AccountRegion, vpcId: string, options: NetworkOptions): Item[] {
  const { isDefault = false, isPublic = true } = options
  const prefix = isDefault ? '172.31' : '10.0'
  const groupId = stableId('sg', where.account, vpcId)
  const vpc = networkItem(where, { type: VPC, id: vpcId }, {
    ...vpcComputed(where, vpcId, groupId),
    cidrBlock: `${prefix}.0.0/16`,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    enableNetworkAddressUsageMetrics: false,
    instanceTenancy: 'default'
  })
  const subnets = zonesOf(where.region).map((zone, index) =>
    networkItem(where, { type: SUBNET, id: stableId('subnet', where.account, vpcId, zone.slice(-1)) }, {
      ...subnetComputed(where, zone),
      vpcId,
      cidrBlock: `${prefix}.${index * 16}.0/20`,
      mapPublicIpOnLaunch: isPublic
    })
  )
  const items = [{ ...vpc, internalState: { isDefault } }, ...subnets, defaultGroupOf(vpc)]
  return items.map((item) => ({ ...item, builtIn: true }))
}

/** The default group that EC2 makes for a VPC. */
export function defaultGroupOf (vpc: Pick<Item, 'id' | 'account' | 'region' | 'createdAt'>): Item {
  const id = stableId('sg', vpc.account, vpc.id)
  const props = defaultGroupProps(vpc, arnOf(vpc, SECURITY_GROUP, id))
  return { ...networkItem(vpc, { type: SECURITY_GROUP, id }, props), name: 'default', createdAt: vpc.createdAt }
}

const ARN_NAMES: Readonly<Record<string, string>> = {
  [VPC]: 'vpc', [SUBNET]: 'subnet', [SECURITY_GROUP]: 'security-group'
}

function arnOf ({ account, region }: AccountRegion, type: string, id: string): string {
  return `arn:${partitionOf(region) ?? 'aws'}:ec2:${region}:${account}:${ARN_NAMES[type] ?? ''}/${id}`
}

function networkItem (
  { account, region }: AccountRegion,
  { type, id }: { type: string, id: string },
  props: Props
): Item {
  return {
    key: keyOf(type, { account, region }, id),
    type,
    id,
    account,
    region,
    name: id,
    status: 'active',
    createdAt: CREATED_AT,
    serial: 0,
    props: { arn: arnOf({ account, region }, type, id), region, tags: {}, tagsAll: {}, ...props },
    internalState: {}
  }
}

/** Removes what is in a VPC that is gone; a removed default VPC stays removed. */
export function removeNetwork (world: World, vpc: Item): void {
  for (const type of [SUBNET, SECURITY_GROUP]) {
    for (const item of inVpc(world, type, vpc)) {
      if (type === SUBNET || item.name === 'default') world.drop(item.key)
    }
  }
  if (vpc.id === defaultVpcId(vpc)) world.removeSeed(vpc.id)
}
