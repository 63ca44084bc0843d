import type { Deployment } from '../state/deployment.ts'
import { operationError } from '../../errors.ts'
import type { Log } from '../log.ts'
import { listOf, recordOf } from '../json.ts'
import { importDeployment } from '../state/import-export.ts'
import type { RunCommand } from '../command.ts'
import { RunFailure, type PendingCreate, type RunHooks } from '../types.ts'
import type { StackWorkspace } from '../state/workspace.ts'
import { needsRefresh, pendingCreates, pendingLookUps, settlePendingOperations } from './adoption.ts'

export interface Recovery {
  readonly stack: string
  readonly workspace: StackWorkspace
  readonly runCommand: RunCommand
  /** What the state holds of the stack; `undefined` where there is no such stack. */
  readonly deployment: Deployment | undefined
  readonly revisionedTypes: ReadonlySet<string>
  readonly hooks: Pick<RunHooks, 'locate' | 'onEvent'>
  readonly log: Log
}

/**
 * Settles what a killed engine had begun, before another one changes the stack. Until the cloud has been read into the
 * state, the state itself says that it has not: a recovery that is killed is carried on by the next one.
 * @returns Whether the cloud has to be read into the state now.
 * @throws RunFailure, or what `locate` throws
 */
export async function recover (recovery: Recovery): Promise<boolean> {
  const { stack, workspace, runCommand, deployment = {}, revisionedTypes, hooks, log } = recovery
  const pending = listOf(deployment.pending_operations).length
  if (pending === 0) return listOf(deployment.resources).map(recordOf).some(needsRefresh)
  const settlement = settlePendingOperations(
    deployment,
    await located(pendingLookUps(deployment, revisionedTypes), hooks),
    revisionedTypes
  )
  log.warn({ stack, pending, adopted: settlement.adopted }, 'settling what a killed engine had begun')
  await importDeployment(workspace, settlement.deployment, runCommand)
  reportCreates(pendingCreates(deployment), settlement.adopted, hooks)
  return true
}

async function located (
  pending: readonly PendingCreate[],
  { locate }: Recovery['hooks']
): Promise<ReadonlyMap<string, string>> {
  if (pending.length === 0) return new Map()
  if (locate !== undefined) return locate(pending)
  const urns = pending.map(({ urn }) => urn).join(', ')
  const detail = `An engine was killed while it made ${urns}, and nothing is here to look that up in the cloud.`
  throw new RunFailure(operationError('engine-failed', detail))
}

function reportCreates (
  creates: readonly PendingCreate[],
  adopted: readonly string[],
  { onEvent }: Recovery['hooks']
): void {
  for (const { urn } of creates) {
    const outcome = adopted.includes(urn)
      ? 'It was found in the cloud and is in the state now.'
      : 'It was not found in the cloud, or is in the state already.'
    onEvent({
      type: 'diagnostic',
      severity: 'info',
      urn,
      message: `An engine was killed while it created this. ${outcome}`
    })
  }
}
