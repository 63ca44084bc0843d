import { newId, regionField } from '../../model/define.ts'
import { ApiError } from '../../model/errors.ts'
import { flagField, tagsFields, textField } from '../../model/fields.ts'
import type { Call, AwsResourceType } from '../../model/types.ts'
import { textProperty, type Props } from '../../values.ts'
import type { Item } from '../../world/item.ts'
import { contains, networkBlock, overlap } from './cidr.ts'
import { inVpc, requireVpc, SUBNET } from './lookups.ts'
import { subnetComputed, zonesOf } from './network-properties.ts'
import { subnetIsUsed } from './usage.ts'

export const subnet: AwsResourceType = {
  token: SUBNET,
  label: 'EC2 Subnet',
  service: 'EC2',
  calls: { create: 'CreateSubnet', read: 'DescribeSubnets', update: 'ModifySubnetAttribute', delete: 'DeleteSubnet' },
  fields: {
    ...regionField,
    ...tagsFields,
    vpcId: textField({ required: true, forceNew: true }),
    cidrBlock: textField({ required: true, forceNew: true, rule: networkBlock }),
    availabilityZone: textField({ forceNew: true, computed: true }),
    mapPublicIpOnLaunch: flagField({ default: false })
  },
  unsupported: [
    'assignIpv6AddressOnCreation',
    'availabilityZoneId',
    'customerOwnedIpv4Pool',
    'enableDns64',
    'enableLniAtDeviceIndex',
    'enableResourceNameDnsARecordOnLaunch',
    'enableResourceNameDnsAaaaRecordOnLaunch',
    'ipv4IpamPoolId',
    'ipv4NetmaskLength',
    'ipv6CidrBlock',
    'ipv6IpamPoolId',
    'ipv6Native',
    'ipv6NetmaskLength',
    'mapCustomerOwnedIpOnLaunch',
    'outpostArn',
    'privateDnsHostnameTypeOnLaunch'
  ],
  computed: ['arn', 'availabilityZoneId', 'ipv6CidrBlockAssociationId', 'ownerId', 'privateDnsHostnameTypeOnLaunch'],
  seconds: { create: 3, update: 2, delete: 1 },
  validate: validateSubnet,
  draft: (inputs, call) => {
    const id = newId(call, 'subnet')
    const props = { arn: call.arn('ec2', `subnet/${id}`), ...subnetComputed(call, zoneOf(inputs, call)) }
    return { id, name: id, props }
  },
  shownStatus: () => 'available',
  refuseDelete: (item, call) => {
    if (subnetIsUsed(item.id, call)) {
      throw new ApiError('DependencyViolation', `The subnet '${item.id}' has dependencies and cannot be deleted.`)
    }
  }
}

/** EC2 chooses a zone when none is named. */
function zoneOf (inputs: Props, call: Call): string {
  return textProperty(inputs, 'availabilityZone') || (zonesOf(call.region)[0] ?? '')
}

function validateSubnet (inputs: Props, call: Call, item?: Item): void {
  if (item) return
  const vpc = requireVpc(call, textProperty(inputs, 'vpcId'))
  const cidr = textProperty(inputs, 'cidrBlock')
  if (!contains(textProperty(vpc.props, 'cidrBlock'), cidr)) {
    throw new ApiError('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`)
  }
  if (inVpc(call.world, SUBNET, vpc).some((other) => overlap(textProperty(other.props, 'cidrBlock'), cidr))) {
    throw new ApiError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`)
  }
  const zone = zoneOf(inputs, call)
  if (!zonesOf(call.region).includes(zone)) {
    throw new ApiError(
      'InvalidParameterValue',
      `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the ` +
        `following availability zones: ${zonesOf(call.region).join(', ')}.`
    )
  }
}
