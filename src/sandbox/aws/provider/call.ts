import type { Call, AwsCaller, AwsResourceType } from '../model/types.ts'
import { textProperty, type Props } from '../values.ts'
import { seedAccount } from '../services/index.ts'
import { keyOf, type Item } from '../world/item.ts'
import type { World } from '../world/world.ts'

/** Who calls, and about which type of resource. */
interface Subject { type: AwsResourceType, caller: AwsCaller, world: World }

/** A call of one caller about one resource: in the region its arguments name, else in the provider's. */
export function callFor ({ type, caller, world }: Subject, props: Props): Call {
  const region = type.scope === 'account' ? 'global' : textProperty(props, 'region') || caller.region
  return callIn(region, caller, world)
}

/** A call of one caller in a region: of the caller's partition, for credentials are valid in one only. */
export function callIn (region: string, caller: AwsCaller, world: World): Call {
  seedAccount(world, { account: caller.account, region })
  return {
    world,
    caller,
    account: caller.account,
    region,
    partition: caller.partition,
    now: new Date().toISOString(),
    arn: (service, resource) => `arn:${caller.partition}:${service}:${region}:${caller.account}:${resource}`
  }
}

export function keyFor (type: AwsResourceType, call: Call, identity: string): string {
  return keyOf(type.token, type.scope === 'partition' ? { account: '*', region: '*' } : call, identity)
}

/** The resource that an id of the engine's state stands for; undefined when it is another account's. */
export function locate (
  type: AwsResourceType,
  { id, props }: { id: string, props: Props },
  call: Call
): Item | undefined {
  const item = call.world.items.get(keyFor(type, call, type.identityOf?.(id, props) ?? id))
  return item?.account === call.account ? item : undefined
}
