import type { Logger } from 'pino'
import type { Cloud } from '../cloud/types.ts'
import type { Engine } from '../engine/types.ts'
import type { Metrics } from '../metrics.ts'
import type { Database } from '../store/database.ts'
import type { Ids } from '../store/ids.ts'
import type { EventHub } from './event-hub.ts'
import type { Keyring } from './keyring.ts'
import type { Queue } from './queue.ts'

/** What every request and operation needs; made once by the process entry, or by a test. */
export interface Context {
  readonly database: Database
  readonly queue: Queue
  readonly keyring: Keyring
  readonly eventHub: EventHub
  readonly engine: Engine
  readonly engineInfo: { readonly kind: 'pulumi' | 'sandbox', readonly version: string }
  readonly cloud: 'sandbox' | 'aws'
  /** The AWS calls that are not the engine's, real or simulated. */
  readonly aws: Cloud
  /** Whether callers without a key are admins and unknown teams are added: the sandbox on a loopback address, until there is an admin key. */
  readonly isOpen: () => Promise<boolean>
  /** `file:` URL of the inline program every environment is made with. */
  readonly program: string
  /** Changes whenever the program, or what it is made with, does. */
  readonly programVersion: string
  readonly deadlineSeconds: number
  /** How often a worker tries again by itself what fails for a passing reason, and about how long it waits first. */
  readonly retries: { readonly limit: number, readonly baseSeconds: number }
  readonly ids: Ids
  readonly metrics: Metrics
  readonly log: Logger
  /** Aborts when the service begins to stop. */
  readonly stopping: AbortSignal
  /** Whether the simulated cloud answers; only where the cloud is the sandbox. */
  readonly sandboxCheck?: () => Promise<void>
}

/** Who asks: an admin, or a key of one team, which sees that team's environments only. */
export type Caller = { readonly scope: 'admin' } | { readonly scope: 'team', readonly team: string }

/** The team a caller is confined to; undefined for admins. */
export function teamOf (caller: Caller): string | undefined {
  return caller.scope === 'team' ? caller.team : undefined
}
