import { isVisible, type Item } from '../world/item.ts'
import { stableId } from '../world/stable-id.ts'
import type { Props } from '../values.ts'
import type { Call } from './types.ts'
import { textField, type ArgumentFields } from './fields.ts'

/** The `region` argument that version 7 of the provider gives almost every resource. */
export const regionField: ArgumentFields = { region: textField({ forceNew: true, computed: true }) }

/** The visible resource of this type in the caller's account and region for which `matches` holds. */
export function findIn (call: Call, type: string, matches: (props: Props, item: Item) => boolean): Item | undefined {
  return call.world.inRegion(type, call).find((item) => isVisible(item) && matches(item.props, item))
}

/** A new AWS-like id (`prefix-` and 17 hexadecimal digits), different for every resource of the world. */
export function newId (call: Call, prefix: string): string {
  return stableId(prefix, call.account, call.region, String(call.world.next(`id:${prefix}`)))
}
