import { createHash } from 'node:crypto'
import type { AccountRegion } from './item.ts'
import type { World } from './world.ts'

/** A VPC with its subnets and its default security group. */
export interface Vpc extends AccountRegion {
  id: string
  cidr: string
  isDefault: boolean
  securityGroup: string
  subnets: Subnet[]
}

export interface Subnet { id: string, cidr: string, zone: string, zoneId: string, isPublic: boolean }

/** A stable AWS-like id: `prefix-` and 17 hexadecimal digits of the hash of what it stands for. */
export function stableId (prefix: string, ...of: string[]): string {
  return `${prefix}-0${createHash('sha256').update(of.join('|')).digest('hex').slice(0, 16)}`
}

/** The default VPC AWS gives every account in every region, as long as it was not removed. */
export function defaultVpc (world: World, where: AccountRegion): Vpc | undefined {
  const id = stableId('vpc', where.account, where.region)
  return world.vpcs.has(id) ? world.vpcs.get(id) : describeVpc(where, id, { isDefault: true })
}

/** All VPCs of one account in one region. */
export function vpcsOf (world: World, where: AccountRegion): Vpc[] {
  const added = [...world.vpcs.values()].filter((vpc) => vpc !== undefined)
    .filter((vpc) => !vpc.isDefault && vpc.account === where.account && vpc.region === where.region)
  const builtIn = defaultVpc(world, where)
  return builtIn ? [builtIn, ...added] : added
}

/** A VPC with three subnets in three zones; public ones give their hosts an address, as the default VPC's do. */
export function describeVpc (where: AccountRegion, id: string, { isDefault = false, isPublic = true }): Vpc {
  const prefix = isDefault ? '172.31' : '10.0'
  const code = zoneCode(where.region)
  const subnets = ['a', 'b', 'c'].map((letter, index) => ({
    id: stableId('subnet', where.account, id, letter),
    cidr: `${prefix}.${index * 16}.0/20`,
    zone: `${where.region}${letter}`,
    zoneId: `${code}-az${index + 1}`,
    isPublic
  }))
  return {
    ...where,
    id,
    cidr: `${prefix}.0.0/16`,
    isDefault,
    securityGroup: stableId('sg', where.account, id),
    subnets
  }
}

export function findSubnet (world: World, where: AccountRegion, id: string): { vpc: Vpc, subnet: Subnet } | undefined {
  for (const vpc of vpcsOf(world, where)) {
    const subnet = vpc.subnets.find((each) => each.id === id)
    if (subnet) return { vpc, subnet }
  }
  return undefined
}

/** us-east-1 -> use1, ap-southeast-2 -> apse2: how AWS abbreviates regions in zone ids. */
function zoneCode (region: string): string {
  const [area = '', direction = '', number = ''] = region.split(/-(?=[a-z]+-\d|\d)/)
  const short = direction.replace(/north|south|east|west|central/g, (word) => word.charAt(0))
  return `${area.replace('-', '')}${short}${number}`
}
