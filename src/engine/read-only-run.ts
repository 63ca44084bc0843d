import type { RunSession } from './run-session.ts'
import { fingerprintOf, knownResources, type Deployment } from './state/deployment.ts'
import { readDeployment } from './state/import-export.ts'
import { openReadOnlyWorkspace } from './state/read-only-workspace.ts'
import type { StackWorkspace } from './state/workspace.ts'
import type { RunResults } from './types.ts'

/** What an `up` would do. */
export async function previewChanges (session: RunSession<'preview'>): Promise<RunResults['preview']> {
  return onCopy(session, async (workspace) => session.program(workspace, session.request.refresh))
}

/** What is not in the cloud as the state has it. */
export async function findDrift (session: RunSession<'drift'>): Promise<RunResults['drift']> {
  return onCopy(session, async (workspace, deployment) => {
    // A preview's program sends its own plan.
    const total = deployment === undefined ? 0 : knownResources(deployment).length
    session.hooks.onEvent({ type: 'plan', total })
    return session.program(workspace, false)
  })
}

/** Lets the run read a copy of the state. */
async function onCopy<T extends object> (
  { request: { stack }, dependencies: { settings, cloudEnv, keyCache }, command }: RunSession<'preview' | 'drift'>,
  read: (workspace: StackWorkspace, deployment: Deployment | undefined) => Promise<T>
): Promise<T & { stateFingerprint: string }> {
  const deployment = await readDeployment(settings, stack, command)
  const workspace = await openReadOnlyWorkspace(settings, { stack, deployment, cloudEnv: await cloudEnv() })
  try {
    const result = await read(workspace, deployment)
    return { ...result, stateFingerprint: await fingerprintOf(deployment, keyCache) }
  } finally {
    await workspace.remove()
  }
}
