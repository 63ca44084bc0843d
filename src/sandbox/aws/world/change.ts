import type { Fault } from '../control/shapes.ts'
import { isProps } from '../values.ts'
import type { Item } from './item.ts'
import type { Job } from './job.ts'
import type { Vpc } from './network.ts'

/** One line of the journal. Every field replaces what was there under the same key, so replaying twice is harmless. */
export interface Change {
  put?: Item
  drop?: string
  counter?: [string, number]
  fault?: Fault
  unfault?: string
  job?: Job
  speed?: number
  vpc?: Vpc
  vpcGone?: string
  reset?: true
}

/** A line of the journal as this version understands it, whichever version wrote it. */
export function readChange (record: unknown): Change {
  if (!isProps(record)) throw new Error('a line of the journal is not a JSON object')
  const { put } = record
  // Older journals call the internal state of a resource `facts`.
  if (isProps(put) && 'facts' in put) {
    const { facts, ...item } = put
    return { ...record, put: { ...item, internalState: facts } } as unknown as Change
  }
  return record as unknown as Change
}
