import type { Call } from '../../model/types.ts'
import { textProperty } from '../../values.ts'
import type { Item } from '../../world/item.ts'
import type { World } from '../../world/world.ts'

export const ROLE = 'aws:iam/role:Role'
export const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy'

/** The roles of an account; IAM has no regions. */
export function rolesOf (world: World, account: string): Item[] {
  return world.inRegion(ROLE, { account, region: 'global' })
}

/** The role of that ARN in the caller's account, unless it is being deleted. */
export function findRole (call: Call, arn: string): Item | undefined {
  return rolesOf(call.world, call.account).find(
    (role) => textProperty(role.props, 'arn') === arn && role.status !== 'deleting'
  )
}
