import type { ScriptedFault } from './fault.ts'
import type { Item } from './item.ts'
import type { BatchJob } from './job.ts'

/** One line of the journal. Every field replaces what was there under the same key, so replaying twice is harmless. */
export interface WorldChange {
  put?: Item
  drop?: string
  counter?: [string, number]
  fault?: ScriptedFault
  unfault?: string
  job?: BatchJob
  speed?: number
  removedSeed?: string
  reset?: true
}
