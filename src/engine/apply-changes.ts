import { prepareChange } from './prepare-change.ts'
import { areAllStale } from './recovery/remote-locks.ts'
import type { RunSession } from './run-session.ts'
import { pruneCopies, removeCopies } from './state/copies.ts'
import { knownResources, markRetained } from './state/deployment.ts'
import { cancelLocks, importDeployment, readDeployment } from './state/import-export.ts'
import { statePathsIn } from './state/state-paths.ts'
import { removeStackWorkspace, type StackWorkspace } from './state/workspace.ts'
import { RunFailure, type KnownResource, type RunResults } from './types.ts'

/** Makes the stack what its program says. */
export async function applyUp (session: RunSession<'up'>): Promise<RunResults['up']> {
  const { request: { stack, refresh }, dependencies: { settings } } = session
  return removingDeadLocks(session, async () => {
    const { workspace, needsRefresh } = await prepareChange(session)
    const result = await session.program(workspace, refresh || needsRefresh)
    const paths = statePathsIn(settings.stateUrl, stack)
    if (paths !== undefined) await pruneCopies(paths)
    return result
  })
}

/** Removes what the stack holds, and the stack. */
export async function applyDestroy (session: RunSession<'destroy'>): Promise<RunResults['destroy']> {
  const { request: { stack }, dependencies: { settings } } = session
  return removingDeadLocks(session, async () => {
    const { workspace, needsRefresh } = await prepareChange(session)
    const retained = await retainResources(session, workspace)
    await session.program(workspace, needsRefresh)
    await removeStackWorkspace(settings.dataDir, stack)
    const paths = statePathsIn(settings.stateUrl, stack)
    if (paths !== undefined) await removeCopies(paths)
    return { retained }
  })
}

/** Sends the plan and marks in the state what is to stay in the cloud. */
async function retainResources (
  { request: { stack, retain }, hooks, dependencies: { settings }, command }: RunSession<'destroy'>,
  workspace: StackWorkspace
): Promise<readonly KnownResource[]> {
  const before = await readDeployment(settings, stack, command)
  if (before === undefined) return []
  hooks.onEvent({ type: 'plan', total: knownResources(before).length })
  const { deployment, changed, retained } = markRetained(before, retain)
  if (changed) await importDeployment(workspace, deployment, command)
  return retained
}

/**
 * Where the state is in no folder, locks can't be looked at before: a run that an engine refuses because of locks reads
 * from the refusal who holds them, and if those engines are dead removes their locks for the next try.
 */
async function removingDeadLocks<T> (session: RunSession<'up' | 'destroy'>, change: () => Promise<T>): Promise<T> {
  const { request: { stack }, dependencies: { settings, isHostGone, log }, command } = session
  try {
    return await change()
  } catch (error) {
    const isLocked = error instanceof RunFailure && error.error.code === 'state-locked'
    const isRemote = statePathsIn(settings.stateUrl, stack) === undefined
    if (isLocked && isRemote && (await areAllStale(error.error.detail, isHostGone))) {
      log.warn({ stack }, 'removing the locks of engines that are gone')
      await cancelLocks(settings, stack, command)
    }
    throw error
  }
}
