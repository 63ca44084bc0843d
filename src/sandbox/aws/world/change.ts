import type { ScriptedFault } from './fault.ts'
import { isProps, type Props } from '../values.ts'
import type { Item } from './item.ts'
import type { BatchJob } from './job.ts'
import type { Vpc } from './network.ts'

/** One line of the journal. Every field replaces what was there under the same key, so replaying twice is harmless. */
export interface Change {
  put?: Item
  drop?: string
  counter?: [string, number]
  fault?: ScriptedFault
  unfault?: string
  job?: BatchJob
  speed?: number
  vpc?: Vpc
  vpcGone?: string
  reset?: true
}

/** A line of the journal as this version understands it, whichever version wrote it. */
export function readChange (record: unknown): Change {
  if (!isProps(record)) throw new Error('a line of the journal is not a JSON object')
  return { ...record, ...upgradedItem(record), ...upgradedFault(record) } as unknown as Change
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
