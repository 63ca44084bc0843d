import type { Target } from './bare-route.ts'

export interface Load extends Target {
  readonly perSecond: number
  readonly seconds: number
}

/** Milliseconds from when a request was due to the end of its answer. */
export interface Latencies {
  readonly p50: number
  readonly p99: number
  /** How late the caller itself was: part of the others. */
  readonly late99: number
}
