import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Deployment } from './deployment.ts'
import { ignoreAbsence } from '../json.ts'
import { PROJECT, statePaths } from './state-paths.ts'
import { fillWorkspace, stackName, type StackWorkspace, type WorkspaceSettings } from './workspace.ts'

/** A work directory that is one run's own. */
export interface TemporaryWorkspace extends StackWorkspace {
  remove (): Promise<void>
}

interface Purpose {
  readonly stack: string
  readonly cloudEnv: Record<string, string>
}

/** No run is that long: what is older was left by a process that was killed. */
const LEFT_BEHIND_MILLISECONDS = 24 * 60 * 60 * 1000

const temporaryIn = (dataDir: string): string => join(dataDir, 'reads')

/**
 * Opens a work directory for a run that only reads. Its engine finds a copy of the state there, so it can neither lock
 * nor change the real one nor see it change, and no other engine writes the settings file.
 * @param deployment What the state holds of the stack; `undefined` of a stack that does not exist, which is then empty.
 */
export async function openReadOnlyWorkspace (
  settings: WorkspaceSettings,
  { stack, deployment, cloudEnv }: { deployment: Deployment | undefined } & Purpose
): Promise<TemporaryWorkspace> {
  return openTemporaryWorkspace(settings, { stack, cloudEnv }, async (directory) => {
    const state = join(directory, 'state')
    await writeState(state, stack, deployment)
    return pathToFileURL(state).href
  })
}

/** Opens a work directory for asking an engine about the real state, beside whatever else runs on the stack. */
export async function openQueryWorkspace (settings: WorkspaceSettings, stack: string): Promise<TemporaryWorkspace> {
  return openTemporaryWorkspace(settings, { stack, cloudEnv: {} }, async () => settings.stateUrl)
}

async function openTemporaryWorkspace (
  settings: WorkspaceSettings,
  { stack, cloudEnv }: Purpose,
  prepare: (directory: string) => Promise<string>
): Promise<TemporaryWorkspace> {
  const parent = temporaryIn(settings.dataDir)
  await mkdir(parent, { recursive: true })
  const directory = await mkdtemp(join(parent, `${stackName(stack)}-`))
  const remove = async () => rm(directory, { recursive: true, force: true })
  try {
    const stateUrl = await prepare(directory)
    const workDir = join(directory, 'work')
    const workspace = await fillWorkspace({ ...settings, stateUrl }, { stack, workDir, cloudEnv })
    return { ...workspace, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** The file backend's own form, with which a stack need not be made by an engine first. */
async function writeState (directory: string, stack: string, deployment: Deployment | undefined): Promise<void> {
  const { checkpoint } = statePaths(directory, stack)
  await mkdir(dirname(checkpoint), { recursive: true })
  const content = {
    stack: `organization/${PROJECT}/${stack}`,
    ...(deployment === undefined ? {} : { latest: withoutPending(deployment) })
  }
  await writeFile(join(directory, '.pulumi', 'meta.yaml'), 'version: 1\n')
  await writeFile(checkpoint, JSON.stringify({ version: 3, checkpoint: content }), { mode: 0o600 })
}

/** Without pending operations: a reading run does not compare with them, and the engine would warn of them. */
const withoutPending = ({ pending_operations: _, ...deployment }: Deployment): Deployment => deployment

/** Removes the temporary work directories of processes that were killed. */
export async function removeAbandonedWorkspaces (dataDir: string): Promise<void> {
  const parent = temporaryIn(dataDir)
  const names = await readdir(parent).catch(ignoreAbsence) ?? []
  await Promise.all(names.map(async (name) => {
    const path = join(parent, name)
    const changed = await stat(path).then(({ mtimeMs }) => mtimeMs, ignoreAbsence)
    if (changed !== undefined && changed < Date.now() - LEFT_BEHIND_MILLISECONDS) {
      await rm(path, { recursive: true, force: true })
    }
  }))
}
