import { networkItems } from './services/ec2/networks.ts'
import { blocks, flag, isProps, textProperty, type Props } from './values.ts'
import type { WorldChange } from './world/change.ts'

/** The changes that a line of the journal holds, whichever version wrote it. Throws when it is not a JSON object. */
export function readJournalLine (line: unknown): WorldChange[] {
  if (!isProps(line)) throw new Error('a line of the journal is not a JSON object')
  const { vpc, vpcGone, ...others } = line
  if (isProps(vpc)) return networkOf(vpc)
  // Older journals say `vpcGone` of a default VPC that was removed.
  if (vpcGone !== undefined) return [{ removedSeed: String(vpcGone) }]
  return [{ ...others, ...upgradedItem(line), ...upgradedFault(line) } as unknown as WorldChange]
}

/** Older journals keep a VPC in a record of its own, with what is in it. */
function networkOf (vpc: Props): WorldChange[] {
  const options = { isDefault: flag(vpc, 'isDefault'), isPublic: flag(blocks(vpc, 'subnets')[0], 'isPublic') }
  const where = { account: textProperty(vpc, 'account'), region: textProperty(vpc, 'region') }
  return networkItems(where, textProperty(vpc, 'id'), options).map((put) => ({ put }))
}

/** Older journals call the internal state of a resource `facts`. */
function upgradedItem ({ put }: Props): Props {
  if (!isProps(put) || !('facts' in put)) return {}
  const { facts, ...item } = put
  return { put: { ...item, internalState: facts ?? {} } }
}

/** Older journals call the hits of a fault `struck`. */
function upgradedFault ({ fault }: Props): Props {
  if (!isProps(fault) || !('struck' in fault)) return {}
  const { struck, ...others } = fault
  return { fault: { ...others, hits: struck ?? 0 } }
}
