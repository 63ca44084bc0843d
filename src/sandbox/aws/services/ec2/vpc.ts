import { newId, regionField } from '../../model/define.ts'
import { ApiError } from '../../model/errors.ts'
import { flagField, isOneOf, tagsFields, textField } from '../../model/fields.ts'
import type { Call, AwsResourceType } from '../../model/types.ts'
import { textProperty, type Props } from '../../values.ts'
import { stableId } from '../../world/stable-id.ts'
import { networkBlock } from './cidr.ts'
import { inVpc, SECURITY_GROUP, SUBNET, VPC } from './lookups.ts'
import { vpcComputed } from './network-properties.ts'
import { defaultGroupOf, removeNetwork } from './networks.ts'

/** Default quota of an account in a region, the default VPC included. */
const MAX_VPCS = 5

export const vpc: AwsResourceType = {
  token: VPC,
  label: 'EC2 VPC',
  service: 'EC2',
  calls: { create: 'CreateVpc', read: 'DescribeVpcs', update: 'ModifyVpcAttribute', delete: 'DeleteVpc' },
  fields: {
    ...regionField,
    ...tagsFields,
    cidrBlock: textField({ required: true, forceNew: true, rule: networkBlock }),
    enableDnsHostnames: flagField({ computed: true }),
    enableDnsSupport: flagField({ default: true }),
    enableNetworkAddressUsageMetrics: flagField({ computed: true }),
    instanceTenancy: textField({ default: 'default', forceNew: true, rule: isOneOf('default', 'dedicated') })
  },
  unsupported: [
    'assignGeneratedIpv6CidrBlock',
    'ipv4IpamPoolId',
    'ipv4NetmaskLength',
    'ipv6CidrBlock',
    'ipv6CidrBlockNetworkBorderGroup',
    'ipv6IpamPoolId',
    'ipv6NetmaskLength'
  ],
  computed: [
    'arn',
    'defaultNetworkAclId',
    'defaultRouteTableId',
    'defaultSecurityGroupId',
    'dhcpOptionsId',
    'ipv6AssociationId',
    'mainRouteTableId',
    'ownerId'
  ],
  seconds: { create: 5, update: 2, delete: 1 },
  validate: (_inputs, call, item) => {
    if (!item && call.world.inRegion(VPC, call).length >= MAX_VPCS) {
      throw new ApiError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.')
    }
  },
  draft: (inputs, call) => {
    const id = newId(call, 'vpc')
    return { id, name: id, props: vpcProps(inputs, call, id) }
  },
  settle: (item, world) => {
    const group = defaultGroupOf(item)
    if (!world.items.has(group.key)) world.put(group)
  },
  shownStatus: () => 'available',
  refuseDelete: (item, call) => {
    const groups = inVpc(call.world, SECURITY_GROUP, item).filter(({ name }) => name !== 'default')
    if (groups.length + inVpc(call.world, SUBNET, item).length > 0) {
      throw new ApiError('DependencyViolation', `The vpc '${item.id}' has dependencies and cannot be deleted.`)
    }
  },
  removed: (item, world) => { removeNetwork(world, item) }
}

function vpcProps (inputs: Props, call: Call, id: string): Props {
  return {
    arn: call.arn('ec2', `vpc/${id}`),
    cidrBlock: textProperty(inputs, 'cidrBlock'),
    enableDnsHostnames: inputs['enableDnsHostnames'] ?? false,
    enableNetworkAddressUsageMetrics: inputs['enableNetworkAddressUsageMetrics'] ?? false,
    ...vpcComputed(call, id, stableId('sg', call.account, id))
  }
}
