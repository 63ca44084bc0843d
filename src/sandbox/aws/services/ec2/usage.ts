import type { Call } from '../../model/types.ts'
import { block, textProperty, texts } from '../../values.ts'
import { COMPUTE_ENVIRONMENT } from '../batch/compute-environment.ts'
import { SERVICE } from '../ecs/cluster.ts'
import { SECURITY_GROUP_EGRESS_RULE } from './lookups.ts'

/** Whether a compute environment or an ECS service names it: their tasks may hold network interfaces in it. */
function isNamed (id: string, call: Call, keys: { environment: string, service: string }): boolean {
  return call.world.inRegion(COMPUTE_ENVIRONMENT, call)
    .some((item) => texts(block(item.props, 'computeResources'), keys.environment).includes(id)) ||
    call.world.inRegion(SERVICE, call)
      .some((item) => texts(block(item.props, 'networkConfiguration'), keys.service).includes(id))
}

export function subnetIsUsed (id: string, call: Call): boolean {
  return isNamed(id, call, { environment: 'subnets', service: 'subnets' })
}

/** A group is in use also while another group's rule refers to it. */
export function groupIsUsed (id: string, call: Call): boolean {
  return isNamed(id, call, { environment: 'securityGroupIds', service: 'securityGroups' }) ||
    call.world.inRegion(SECURITY_GROUP_EGRESS_RULE, call).some(({ props }) =>
      textProperty(props, 'referencedSecurityGroupId') === id && textProperty(props, 'securityGroupId') !== id)
}
