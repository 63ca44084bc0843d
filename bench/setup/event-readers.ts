import type { Target } from './bare-route.ts'

/** The message to the program `event-readers`: open so many streams, then wait until all have ended. */
export type Question = { readonly open: Target & { readonly readers: number } } | { readonly end: true }

export interface Delivered {
  /** Readers whose ids counted from 1 without a gap to the last event, which ended the operation. */
  readonly complete: number
  /** Events of the operation. */
  readonly events: number
}
