import { cloudResources } from './state/checkpoint.ts'
import { fingerprintOf, knownResources, retaining } from './state/deployment.ts'
import { operationError } from '../errors.ts'
import type { Log } from './log.ts'
import type { IsHostGone } from './process/locks.ts'
import { openReadingWorkspace } from './state/read-only-workspace.ts'
import { pruneCopies, removeCopies } from './state/copies.ts'
import { recover } from './recovery/recover.ts'
import { areAllStale } from './recovery/remote-locks.ts'
import { refuseWithoutRoom } from './state/disk-space.ts'
import { removeHalfSidecars } from './state/attribute-files.ts'
import type { Findings } from './runner/messages.ts'
import type { Keyring } from './state/secrets.ts'
import { cancelLocks, importDeployment, readDeployment } from './state/import-export.ts'
import type { Perform } from './command.ts'
import { readCheckpoint } from './state/state-files.ts'
import { stateDirectory, statePaths, type StatePaths } from './state/state-paths.ts'
import { RunFailure, type KnownResource, type RunHooks, type RunRequest, type RunResult } from './types.ts'
import {
  openStackWorkspace,
  removeStackWorkspace,
  type StackWorkspace,
  type WorkspaceSettings
} from './state/workspace.ts'

/** What a run lends to what is done in it. */
export interface RunMeans {
  readonly request: RunRequest
  readonly hooks: RunHooks
  readonly settings: WorkspaceSettings
  readonly cloudEnv: () => Promise<Record<string, string>>
  /** Runs a command of the service's own, while the runner has none under way. */
  readonly perform: Perform
  readonly keyring: Keyring
  readonly unlock: (paths: StatePaths) => Promise<void>
  readonly isHostGone: IsHostGone
  readonly log: Log
  /** Lets the runner do its part. */
  readonly inRunner: (workspace: StackWorkspace, part: RunnerPart) => Promise<Findings>
}

export interface RunnerPart {
  readonly stateUrl: string
  /** Whether the cloud is to be read into the state first. */
  readonly refresh: boolean
}

/** An `up` or a `destroy`. */
export async function change (means: RunMeans): Promise<RunResult> {
  const { request: { kind, stack }, settings } = means
  const directory = stateDirectory(settings.stateUrl)
  if (directory === undefined) return changeRemotely(means)
  const paths = statePaths(directory, stack)
  await means.unlock(paths)
  await removeHalfSidecars(paths)
  const result = await carryOut(means)
  await (kind === 'destroy' ? removeCopies(paths) : pruneCopies(paths))
  return { ...result, resources: await countResources(paths) }
}

/** On another backend locks can't be looked at: whoever meets those of dead engines only removes them for the next try. */
async function changeRemotely (means: RunMeans): Promise<RunResult> {
  const { request: { stack }, settings, perform, isHostGone, log } = means
  try {
    return await carryOut(means)
  } catch (error) {
    if (
      error instanceof RunFailure &&
      error.error.code === 'state-locked' &&
      (await areAllStale(error.error.detail, isHostGone))
    ) {
      log.warn({ stack }, 'removing the locks of engines that are gone')
      await cancelLocks(settings, stack, perform)
    }
    throw error
  }
}

async function carryOut (means: RunMeans): Promise<RunResult> {
  const { request, settings, cloudEnv, inRunner } = means
  const { kind, stack } = request
  await refuseUnexpected(means)
  const workspace = await openStackWorkspace(settings, stack, await cloudEnv())
  const directory = stateDirectory(settings.stateUrl)
  if (directory !== undefined) await refuseWithoutRoom(directory)
  const recovered = await recover({
    ...means,
    stack,
    workspace,
    deployment: await readDeployment(settings, stack, means.perform)
  })
  const retained = kind === 'destroy' ? await prepareDestroy(means, workspace) : []
  const findings = await inRunner(workspace, {
    stateUrl: settings.stateUrl,
    refresh: request.refresh === true || recovered
  })
  if (kind === 'destroy') await removeStackWorkspace(settings.dataDir, stack)
  return { ...findings, retained, resources: 0, stateFingerprint: '' }
}

const countResources = async (paths: StatePaths): Promise<number> =>
  cloudResources((await readCheckpoint(paths))?.resources ?? []).length

async function refuseUnexpected ({
  request: { stack, expectState },
  settings,
  perform,
  keyring
}: RunMeans): Promise<void> {
  if (expectState === undefined) return
  if ((await fingerprintOf(await readDeployment(settings, stack, perform), keyring)) === expectState) return
  throw new RunFailure(
    operationError('preview-outdated', 'The state is not the one that the preview began with.')
  )
}

/** Tells the plan and settles what stays in the cloud. */
async function prepareDestroy (
  { request, hooks, settings, perform }: RunMeans,
  workspace: StackWorkspace
): Promise<readonly KnownResource[]> {
  const { stack, retain = [] } = request
  const before = await readDeployment(settings, stack, perform)
  if (before === undefined) return []
  hooks.onEvent({ type: 'plan', total: knownResources(before).length })
  const { deployment, changed, retained } = retaining(before, retain)
  if (changed) await importDeployment(workspace, stack, deployment, perform)
  return retained
}

/** A preview or a drift check: on a copy of the state. */
export async function read ({
  request: { kind, stack, refresh = false },
  hooks,
  settings,
  cloudEnv,
  perform,
  keyring,
  inRunner
}: RunMeans): Promise<RunResult> {
  const deployment = await readDeployment(settings, stack, perform)
  const resources = deployment === undefined ? 0 : knownResources(deployment).length
  const workspace = await openReadingWorkspace(settings, stack, deployment, await cloudEnv())
  try {
    // A preview's program tells its own.
    if (kind === 'drift') hooks.onEvent({ type: 'plan', total: resources })
    const findings = await inRunner(workspace, { stateUrl: workspace.stateUrl, refresh })
    return { ...findings, retained: [], resources, stateFingerprint: await fingerprintOf(deployment, keyring) }
  } finally {
    await workspace.remove()
  }
}
