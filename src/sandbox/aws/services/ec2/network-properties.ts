import type { AccountRegion } from '../../world/item.ts'
import type { Props } from '../../values.ts'

/** What EC2 computes for a new VPC. */
export function vpcComputed (where: AccountRegion, id: string, groupId: string): Props {
  return {
    defaultNetworkAclId: id.replace('vpc-', 'acl-'),
    defaultRouteTableId: id.replace('vpc-', 'rtb-'),
    defaultSecurityGroupId: groupId,
    dhcpOptionsId: id.replace('vpc-', 'dopt-'),
    ipv6AssociationId: '',
    mainRouteTableId: id.replace('vpc-', 'rtb-'),
    ownerId: where.account
  }
}

/** What EC2 computes for a new subnet. */
export function subnetComputed (where: AccountRegion, zone: string): Props {
  return {
    availabilityZone: zone,
    availabilityZoneId: zoneIdOf(where.region, zone),
    ipv6CidrBlockAssociationId: '',
    ownerId: where.account,
    privateDnsHostnameTypeOnLaunch: 'ip-name'
  }
}

/** Every region has three zones in the sandbox. */
export const zonesOf = (region: string): string[] => ['a', 'b', 'c'].map((letter) => `${region}${letter}`)

function zoneIdOf (region: string, zone: string): string {
  return `${zoneCode(region)}-az${zonesOf(region).indexOf(zone) + 1}`
}

/** us-east-1 -> use1, ap-southeast-2 -> apse2: how AWS abbreviates regions in zone ids. */
function zoneCode (region: string): string {
  const [area = '', direction = '', number = ''] = region.split(/-(?=[a-z]+-\d|\d)/)
  const short = direction.replace(/north|south|east|west|central/g, (word) => word.charAt(0))
  return `${area.replace('-', '')}${short}${number}`
}

/** The properties of a VPC's default security group; users cannot create or delete one. */
export function defaultGroupProps (vpc: { id: string, account: string, region: string }, arn: string): Props {
  return {
    arn,
    name: 'default',
    description: 'default VPC security group',
    vpcId: vpc.id,
    ownerId: vpc.account,
    ingress: [],
    egress: [],
    namePrefix: '',
    revokeRulesOnDelete: false,
    region: vpc.region,
    tags: {},
    tagsAll: {}
  }
}
