import { isVisible } from '../../world/item.ts'
import { ApiError } from '../../model/errors.ts'
import type { Call } from '../../model/types.ts'
import { findSubnet, vpcsOf } from '../../world/network.ts'
import { text } from '../../values.ts'

export const SECURITY_GROUP = 'aws:ec2/securityGroup:SecurityGroup'
export const SECURITY_GROUP_EGRESS_RULE = 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule'

/** Makes the calling service's error from EC2's; each service has its own way of passing them on. */
type Wrap = (code: string, message: string) => ApiError

const asEc2: Wrap = (code, message) => new ApiError(code, message)

/** The VPC a security group belongs to, default groups included; undefined when the group does not exist here. */
export function vpcOfGroup (call: Call, id: string): string | undefined {
  const builtIn = vpcsOf(call.world, call).find((vpc) => vpc.securityGroup === id)
  if (builtIn) return builtIn.id
  const group = call.world.inRegion(SECURITY_GROUP, call).find((item) => item.id === id && isVisible(item))
  return group && text(group.props, 'vpcId')
}

export function requireSubnets (call: Call, ids: string[], wrap: Wrap = asEc2): void {
  for (const id of ids) {
    if (!findSubnet(call.world, call, id)) {
      throw wrap('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`)
    }
  }
}

export function requireSecurityGroups (call: Call, ids: string[], wrap: Wrap = asEc2): void {
  for (const id of ids) {
    if (vpcOfGroup(call, id) === undefined) {
      throw wrap('InvalidGroup.NotFound', `The security group '${id}' does not exist`)
    }
  }
}
