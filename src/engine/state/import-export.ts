import { access, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { CommandOutcome, RunCommand } from '../command.ts'
import type { Deployment } from './deployment.ts'
import { classifyFailure, endOf } from '../translate/failures.ts'
import { openQueryWorkspace } from './read-only-workspace.ts'
import { recordOf } from '../json.ts'
import { readCheckpoint } from './state-files.ts'
import { PROJECT, stateDirectory, statePaths } from './state-paths.ts'
import { RunFailure } from '../types.ts'
import type { StackWorkspace, WorkspaceSettings } from './workspace.ts'

/** In the work directory, for its owner only and not for long: a state holds more than anyone else should see. */
const EXCHANGE = 'deployment.json'
/** Of deployments, as of checkpoints. The engine itself finds out from the resources whether they need version 4. */
const VERSION = 3

/**
 * What the state holds of a stack, secrets encrypted: read from its file, or by an engine from any other backend. Takes
 * no lock, so it may happen during a run of the stack.
 * @returns `undefined` where there is no such stack.
 * @throws RunFailure when the state can't be read.
 */
export async function readDeployment (
  settings: WorkspaceSettings,
  stack: string,
  runCommand: RunCommand
): Promise<Deployment | undefined> {
  const directory = stateDirectory(settings.stateUrl)
  if (directory !== undefined) return (await readCheckpoint(statePaths(directory, stack)))?.deployment
  const workspace = await openQueryWorkspace(settings, stack)
  try {
    return await exportDeployment(workspace, runCommand)
  } finally {
    await workspace.remove()
  }
}

/**
 * Exports to a file, because only the end of an engine's output is kept. The Automation API's own export has every
 * secret in plain text.
 */
async function exportDeployment (
  workspace: StackWorkspace,
  runCommand: RunCommand
): Promise<Deployment | undefined> {
  return exchange(workspace, '', async (path) => {
    const outcome = await start(workspace, ['stack', 'export', '--file', path, '--stack', workspace.stack], runCommand)
    if (/no stack named .* found/.test(outcome.stderr)) return undefined
    if (outcome.code !== 0) throw refused(outcome)
    const exported: unknown = JSON.parse(await readFile(path, 'utf8'))
    return recordOf(recordOf(exported).deployment)
  })
}

/**
 * Replaces the stack's deployment. The engine checks it, takes the stack's lock, keeps the former checkpoint as `.bak`
 * and drops pending operations.
 * @throws RunFailure when the engine refuses it.
 */
export async function importDeployment (
  workspace: StackWorkspace,
  deployment: Deployment,
  runCommand: RunCommand
): Promise<void> {
  await exchange(workspace, JSON.stringify({ version: VERSION, deployment }), async (path) => {
    const outcome = await start(workspace, ['stack', 'import', '--file', path, '--stack', workspace.stack], runCommand)
    if (outcome.code !== 0) throw refused(outcome)
  })
}

/** Removes every lock of the stack, a live engine's too. */
export async function cancelLocks (settings: WorkspaceSettings, stack: string, runCommand: RunCommand): Promise<void> {
  const workspace = await openQueryWorkspace(settings, stack)
  try {
    await start(workspace, ['cancel', '--yes', '--stack', stack], runCommand)
  } finally {
    await workspace.remove()
  }
}

async function exchange<T> (
  { workDir }: StackWorkspace,
  content: string,
  use: (path: string) => Promise<T>
): Promise<T> {
  const path = join(workDir, EXCHANGE)
  try {
    // One that a killed process left might have other rights.
    await rm(path, { force: true })
    await writeFile(path, content, { mode: 0o600, flag: 'wx' })
    return await use(path)
  } finally {
    await rm(path, { force: true })
  }
}

/**
 * The Automation API writes the project's file when it opens a workspace; in a new directory that has not happened yet.
 */
async function start (
  { workDir, pulumiHome, env }: StackWorkspace,
  args: readonly string[],
  runCommand: RunCommand
): Promise<CommandOutcome> {
  const project = join(workDir, 'Pulumi.yaml')
  await access(project).catch(async () =>
    writeFile(project, stringify({ name: PROJECT, runtime: 'nodejs', main: workDir }))
  )
  return runCommand({ args, cwd: workDir, env: { ...env, PULUMI_HOME: pulumiHome } })
}

const refused = (outcome: CommandOutcome): RunFailure => {
  const text = `${outcome.stdout}\n${outcome.stderr}`
  return new RunFailure(
    classifyFailure(endOf(outcome), { errors: [], failed: [], inFlight: [], text, programError: undefined })
  )
}
