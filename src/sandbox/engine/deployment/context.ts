import type { ResourceState } from '../state/resource.ts'
import type { Snapshot } from '../state/snapshot.ts'
import type { StackConfig } from '../stack-config.ts'
import type { UrnScope } from '../urn.ts'
import type { Executor } from './executor.ts'
import type { ProviderRegistry } from './providers/providers.ts'
import type { Reporter } from './reporting/reporter.ts'
import type { Stop } from './stop.ts'

/** What the parts of one deployment share. */
export interface DeploymentContext {
  scope: UrnScope
  /** Where source positions are relative to. */
  projectRoot: string
  config: StackConfig
  /** The resources of the checkpoint the deployment began with. */
  base: readonly ResourceState[]
  snapshot: Snapshot
  executor: Executor
  providers: ProviderRegistry
  reporter: Reporter
  stop: Stop
  parallel: number
  /** Tell what would be done, and do nothing. */
  preview: boolean
}
