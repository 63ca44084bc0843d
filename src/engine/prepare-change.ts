import { operationError } from '../errors.ts'
import { waitUntilUnlocked, type Lock } from './process/locks.ts'
import { recover } from './recovery/recover.ts'
import type { RunSession } from './run-session.ts'
import { removeHalfWrittenAttributes } from './state/attribute-files.ts'
import { fingerprintOf, type Deployment } from './state/deployment.ts'
import { refuseFullDisk } from './state/disk-space.ts'
import { readDeployment } from './state/import-export.ts'
import { stateDirectory, statePathsIn } from './state/state-paths.ts'
import { openStackWorkspace, type StackWorkspace } from './state/workspace.ts'
import { RunFailure } from './types.ts'

type ChangeSession = RunSession<'up' | 'destroy'>

interface PreparedChange {
  readonly workspace: StackWorkspace
  /** Whether the cloud has to be read into the state before anything is changed. */
  readonly needsRefresh: boolean
}

/**
 * What comes before an engine changes a stack, each step safe to repeat: docs/decisions/006-recovery.md says why. Where
 * the state is in no folder, the steps that look at files do nothing.
 * @throws RunFailure
 */
export async function prepareChange (session: ChangeSession): Promise<PreparedChange> {
  const { request: { stack }, dependencies: { settings, cloudEnv, revisionedTypes, log }, hooks, command } = session
  await waitForLocks(session)
  await checkAttributeFiles(session)
  const deployment = await readDeployment(settings, stack, command)
  await refuseOtherState(session, deployment)
  const workspace = await openStackWorkspace(settings, stack, await cloudEnv())
  await checkDiskSpace(session)
  const needsRefresh = await recover({ stack, workspace, deployment, revisionedTypes, runCommand: command, hooks, log })
  return { workspace, needsRefresh }
}

async function waitForLocks (session: ChangeSession): Promise<void> {
  const { request: { stack }, dependencies: { settings, log, isHostGone } } = session
  const paths = statePathsIn(settings.stateUrl, stack)
  if (paths === undefined) return
  const onRemoved = ({ host, pid }: Lock) => {
    log.warn({ stack, host, pid }, 'removed the lock of an engine that is gone')
  }
  const [lock] = await waitUntilUnlocked(paths, session.signal, { isHostGone, onRemoved })
  if (lock === undefined) return
  const since = new Date(lock.since).toISOString()
  throw session.failure({
    cause: 'locked',
    detail: `Process ${lock.pid} on ${lock.host} holds the stack since ${since}.`
  })
}

async function checkAttributeFiles ({ request, dependencies: { settings } }: ChangeSession): Promise<void> {
  const paths = statePathsIn(settings.stateUrl, request.stack)
  if (paths !== undefined) await removeHalfWrittenAttributes(paths)
}

/** @throws RunFailure (`preview-outdated`) */
async function refuseOtherState (
  { request, dependencies: { keyCache } }: ChangeSession,
  deployment: Deployment | undefined
): Promise<void> {
  if (request.kind !== 'up' || request.expectState === undefined) return
  if (await fingerprintOf(deployment, keyCache) === request.expectState) return
  throw new RunFailure(operationError('preview-outdated', 'The state is not the one that the preview began with.'))
}

async function checkDiskSpace ({ dependencies: { settings } }: ChangeSession): Promise<void> {
  const directory = stateDirectory(settings.stateUrl)
  if (directory !== undefined) await refuseFullDisk(directory)
}
