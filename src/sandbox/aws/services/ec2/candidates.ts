import type { Call } from '../../model/types.ts'
import { flag, textProperty, textMap, type Props } from '../../values.ts'
import { isVisible, type Item } from '../../world/item.ts'
import type { Candidate } from './filters.ts'
import { findVpc, isDefaultVpc, SECURITY_GROUP, SUBNET, VPC } from './lookups.ts'

const visible = (call: Call, type: string): Item[] => call.world.inRegion(type, call).filter(isVisible)

export function vpcCandidates (call: Call): Candidate[] {
  return visible(call, VPC).map((vpc) => {
    const [cidr, isDefault] = [textProperty(vpc.props, 'cidrBlock'), String(isDefaultVpc(vpc))]
    return {
      tags: textMap(vpc.props, 'tagsAll'),
      filters: {
        'vpc-id': vpc.id,
        isDefault,
        'is-default': isDefault,
        cidr,
        'cidr-block': cidr,
        state: 'available',
        'owner-id': vpc.account
      },
      result: vpcResult(vpc)
    }
  })
}

/** What the provider's getVpc returns. */
function vpcResult ({ id, account, region, props, ...vpc }: Item): Props {
  const cidrBlock = textProperty(props, 'cidrBlock')
  return {
    id,
    arn: textProperty(props, 'arn'),
    cidrBlock,
    cidrBlockAssociations: [
      { associationId: id.replace('vpc-', 'vpc-cidr-assoc-'), cidrBlock, state: 'associated' }
    ],
    default: flag(vpc.internalState, 'isDefault'),
    dhcpOptionsId: textProperty(props, 'dhcpOptionsId'),
    enableDnsHostnames: flag(props, 'enableDnsHostnames'),
    enableDnsSupport: flag(props, 'enableDnsSupport'),
    enableNetworkAddressUsageMetrics: flag(props, 'enableNetworkAddressUsageMetrics'),
    instanceTenancy: textProperty(props, 'instanceTenancy'),
    ipv6AssociationId: '',
    ipv6CidrBlock: '',
    ipv6CidrBlockAssociations: [],
    mainRouteTableId: textProperty(props, 'mainRouteTableId'),
    ownerId: account,
    region,
    state: 'available',
    tags: textMap(props, 'tagsAll')
  }
}

export function subnetCandidates (call: Call): Candidate[] {
  return visible(call, SUBNET).map((subnet) => {
    const { props } = subnet
    const isDefault = isDefaultVpc(findVpc(call, textProperty(props, 'vpcId')))
    return {
      tags: textMap(props, 'tagsAll'),
      filters: {
        'subnet-id': subnet.id,
        'vpc-id': textProperty(props, 'vpcId'),
        'default-for-az': String(isDefault),
        'map-public-ip-on-launch': String(flag(props, 'mapPublicIpOnLaunch')),
        'availability-zone': textProperty(props, 'availabilityZone'),
        'availability-zone-id': textProperty(props, 'availabilityZoneId'),
        'cidr-block': textProperty(props, 'cidrBlock'),
        cidr: textProperty(props, 'cidrBlock'),
        state: 'available',
        'owner-id': subnet.account
      },
      result: subnetResult(subnet, isDefault)
    }
  })
}

/** What the provider's getSubnet returns. */
function subnetResult ({ id, account, region, props }: Item, isDefault: boolean): Props {
  return {
    id,
    arn: textProperty(props, 'arn'),
    assignIpv6AddressOnCreation: false,
    availabilityZone: textProperty(props, 'availabilityZone'),
    availabilityZoneId: textProperty(props, 'availabilityZoneId'),
    availableIpAddressCount: 4091,
    cidrBlock: textProperty(props, 'cidrBlock'),
    customerOwnedIpv4Pool: '',
    defaultForAz: isDefault,
    enableDns64: false,
    enableLniAtDeviceIndex: 0,
    enableResourceNameDnsARecordOnLaunch: false,
    enableResourceNameDnsAaaaRecordOnLaunch: false,
    ipv6CidrBlock: '',
    ipv6CidrBlockAssociationId: '',
    ipv6Native: false,
    mapCustomerOwnedIpOnLaunch: false,
    mapPublicIpOnLaunch: flag(props, 'mapPublicIpOnLaunch'),
    outpostArn: '',
    ownerId: account,
    privateDnsHostnameTypeOnLaunch: 'ip-name',
    region,
    state: 'available',
    tags: textMap(props, 'tagsAll'),
    vpcId: textProperty(props, 'vpcId')
  }
}

export function groupCandidates (call: Call): Candidate[] {
  return visible(call, SECURITY_GROUP).map(({ id, name, region, props }) => ({
    tags: textMap(props, 'tagsAll'),
    filters: {
      'group-id': id,
      'group-name': name,
      'vpc-id': textProperty(props, 'vpcId'),
      description: textProperty(props, 'description')
    },
    result: {
      id,
      arn: textProperty(props, 'arn'),
      name,
      description: textProperty(props, 'description'),
      vpcId: textProperty(props, 'vpcId'),
      tags: textMap(props, 'tagsAll'),
      region
    }
  }))
}
