import type { EngineCommandContext, EngineExecutable } from './process/run-command.ts'
import type { IsHostGone } from './process/locks.ts'
import type { StopEscalation } from './process/stop-process.ts'
import type { Log } from './log.ts'
import type { RunnerPool } from './runner/pool.ts'
import type { SecretsKeyCache } from './state/secrets.ts'
import type { WorkspaceSettings } from './state/workspace.ts'

/** What all runs of one service share. */
export interface EngineDependencies {
  readonly engine: EngineExecutable
  readonly settings: WorkspaceSettings
  readonly cloudEnv: () => Promise<Record<string, string>>
  readonly revisionedTypes: ReadonlySet<string>
  readonly keyCache: SecretsKeyCache
  readonly escalation: StopEscalation
  readonly pool: RunnerPool
  readonly log: Log
  readonly isHostGone: IsHostGone
  readonly onStart: (command: string) => void
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal
}

/** How commands of the stack are run. */
export function commandContext (
  { engine, keyCache, escalation, log, onStart }: EngineDependencies,
  stack: string,
  run: Pick<EngineCommandContext, 'stateUrl' | 'signal' | 'onEngineStarted'>
): EngineCommandContext {
  return {
    ...run,
    engine,
    keyCache,
    escalation,
    onStart,
    onFallback: (error) => log.warn({ err: error, stack }, 'asking the engine instead of reading its state')
  }
}
