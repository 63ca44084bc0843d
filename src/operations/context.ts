import type { Logger } from 'pino'
import type { Cloud } from '../cloud/types.ts'
import type { Engine } from '../engine/types.ts'
import type { Metrics } from '../metrics.ts'
import type { SchedulingPolicy } from '../store/queries/claims.ts'
import type { Database } from '../store/database/database.ts'
import type { Ids } from '../store/ids.ts'
import type { EventHub } from './events/event-hub.ts'
import type { ApiKeyStore } from './access/api-keys.ts'
import type { Queue } from './queue/queue.ts'

/** What every request and every operation needs; made once by the process entry, or by a test. */
export interface Context {
  readonly role: 'api' | 'worker' | 'all'
  readonly database: Database
  readonly queue: Queue
  readonly apiKeys: ApiKeyStore
  readonly eventHub: EventHub
  readonly cloud: 'sandbox' | 'aws'
  /**
   * Whether callers without a key are admins and unknown teams are added: in the sandbox on a loopback address, until
   * there is an admin key.
   */
  readonly isOpen: () => Promise<boolean>
  /** Changes whenever the program, or what it is made with, does. */
  readonly programVersion: string
  readonly ids: Ids
  readonly metrics: Metrics
  readonly log: Logger
  /** Aborts when the service begins to stop. */
  readonly stopping: AbortSignal
  /** Whether the simulated cloud answers; only where the cloud is the sandbox. */
  readonly sandboxCheck?: () => Promise<void>
  /** The engine, where this process runs operations. */
  readonly engineInfo?: EngineInfo
}

interface EngineInfo { readonly kind: 'pulumi' | 'sandbox', readonly version: string }

/** What a worker needs besides; a process that only answers requests has none of it. */
export interface WorkContext extends Context {
  readonly engine: Engine
  readonly engineInfo: EngineInfo
  /** The AWS calls that are not the engine's, real or simulated. */
  readonly awsCalls: Cloud
  /** `file:` URL of the inline program every environment is made with. */
  readonly program: string
  readonly deadlineSeconds: number
  /**
   * How often a worker retries a transient failure by itself, and about how many seconds it waits before the first
   * retry.
   */
  readonly retries: { readonly limit: number, readonly baseSeconds: number }
  /** Operations run at once. */
  readonly concurrency: number
  readonly scheduling: SchedulingPolicy
  /**
   * When the database has not answered for so long, an attempt is aborted: its engine has ended by the time that other
   * hosts count this one as gone.
   */
  readonly databaseOutageSeconds: number
}
