import { isVisible, type AccountRegion, type Item } from '../../world/item.ts'
import { ApiError } from '../../model/errors.ts'
import type { Call } from '../../model/types.ts'
import { flag, textProperty } from '../../values.ts'
import type { World } from '../../world/world.ts'

export const VPC = 'aws:ec2/vpc:Vpc'
export const SUBNET = 'aws:ec2/subnet:Subnet'
export const SECURITY_GROUP = 'aws:ec2/securityGroup:SecurityGroup'
export const SECURITY_GROUP_EGRESS_RULE = 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule'

/** Makes the calling service's error from EC2's; each service has its own way of passing them on. */
type Wrap = (code: string, message: string) => ApiError

const asEc2: Wrap = (code, message) => new ApiError(code, message)

const findVisible = (call: Call, type: string, id: string): Item | undefined =>
  call.world.inRegion(type, call).find((item) => item.id === id && isVisible(item))

export const findVpc = (call: Call, id: string): Item | undefined => findVisible(call, VPC, id)
export const findSubnet = (call: Call, id: string): Item | undefined => findVisible(call, SUBNET, id)

/** The default VPC of an account and region, as long as it was not removed. */
export function findDefaultVpc (world: World, where: AccountRegion): Item | undefined {
  return world.inRegion(VPC, where).find(isDefaultVpc)
}

export const isDefaultVpc = (vpc: Item | undefined): boolean => flag(vpc?.internalState, 'isDefault')

/** The resources of a type that are in the VPC. */
export function inVpc (world: World, type: string, vpc: Item): Item[] {
  return world.inRegion(type, vpc).filter((item) => textProperty(item.props, 'vpcId') === vpc.id)
}

export function requireVpc (call: Call, id: string): Item {
  const vpc = findVpc(call, id)
  if (!vpc) throw new ApiError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`)
  return vpc
}

export function requireSubnets (call: Call, ids: string[], wrap: Wrap = asEc2): void {
  for (const id of ids) {
    if (!findSubnet(call, id)) throw wrap('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`)
  }
}

export function requireSecurityGroups (call: Call, ids: string[], wrap: Wrap = asEc2): void {
  for (const id of ids) {
    if (!findVisible(call, SECURITY_GROUP, id)) {
      throw wrap('InvalidGroup.NotFound', `The security group '${id}' does not exist`)
    }
  }
}
