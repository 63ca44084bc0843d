import { availableParallelism, arch, platform } from 'node:os'
import { isOn } from '../args.ts'
import type { Arguments } from '../args.ts'
import { Cancellation, deploy } from '../deployment/deployment.ts'
import type { DeploymentOptions, DeploymentOutcome, DeploymentWork } from '../deployment/deployment.ts'
import type { EngineVariables } from '../environment.ts'
import { EngineError, exitCodes } from '../errors.ts'
import { settingsPath } from '../project.ts'
import { addBackup, addToHistory } from '../state/history.ts'
import type { DeploymentKind } from '../state/history.ts'
import { lockStack } from '../state/locks.ts'
import { engineVersion } from '../version.ts'
import type { CommandContext } from './command.ts'
import type { Selection } from './selection.ts'

export interface DeploymentCommand {
  kind: DeploymentKind
  /** Tell what would be done: nothing is locked or written. */
  preview: boolean
  title: string
  work: DeploymentWork
}

/** Takes the lock, deploys, writes history and backup, and gives the lock back. @returns the exit code */
export async function runDeployment (
  context: CommandContext,
  selection: Selection,
  command: DeploymentCommand
): Promise<number> {
  if (command.preview) return runPreview(context, selection, command)
  const { args } = context
  if (!isOn(args, 'skip-preview')) {
    throw new EngineError('the sandbox engine does not implement a preview before a deployment: pass --skip-preview')
  }
  if (!isOn(args, 'yes')) {
    throw new EngineError('--yes or --skip-preview must be passed in to proceed when running in non-interactive mode')
  }
  const options = optionsOf(context, selection, command)
  const cancellation = new Cancellation()
  const silence = listen(context, cancellation)
  const lock = await lockStack(selection.files)
  try {
    const started = new Date()
    const outcome = await deploy(options, cancellation, command.work)
    await record(context, selection, { kind: command.kind, started, outcome })
    return outcome.result === 'succeeded' ? exitCodes.ok : exitCodes.failed
  } finally {
    await lock.release()
    silence()
  }
}

/** Beside a running deployment a preview sees the checkpoint as it was last written. */
async function runPreview (context: CommandContext, selection: Selection, command: DeploymentCommand): Promise<number> {
  const cancellation = new Cancellation()
  const silence = listen(context, cancellation)
  try {
    const { result } = await deploy(optionsOf(context, selection, command), cancellation, command.work)
    return result === 'succeeded' ? exitCodes.ok : exitCodes.failed
  } finally {
    silence()
  }
}

function optionsOf (
  { args, environment, output }: CommandContext,
  { project, files }: Selection,
  { title, preview }: DeploymentCommand
): DeploymentOptions {
  const quiet = isOn(args, 'suppress-progress')
  return {
    environment,
    output: quiet ? { ...output, out: () => {} } : output,
    project,
    files,
    settingsPath: args.flags.get('config-file') ?? settingsPath(project, files.stack),
    eventLog: args.flags.get('event-log'),
    parallel: parallelOf(args, environment),
    continueOnError: isOn(args, 'continue-on-error'),
    showDebug: isOn(args, 'debug'),
    title,
    preview,
    clearPendingCreates: isOn(args, 'clear-pending-creates')
  }
}

/** Steps at a time: `--parallel`, PULUMI_PARALLEL, or four for each processor, as the CLI has it. */
function parallelOf (args: Arguments, environment: EngineVariables): number {
  const text = args.flags.get('parallel') ?? environment.parallel
  if (text === undefined) return availableParallelism() * 4
  const value = Number(text)
  if (!Number.isInteger(value)) throw new EngineError(`invalid argument "${text}" for "-p, --parallel" flag`)
  return Math.max(1, value)
}

/** The CLI's words (backend/cancellation_scope.go). */
const notices = {
  SIGINT: '^C received; cancelling. If you would like to terminate immediately, press ^C again.\n' +
    'Note that terminating immediately may lead to orphaned resources and other inconsistencies.\n',
  SIGTERM: 'SIGTERM received; cancelling. If you would like to terminate immediately, send SIGTERM again.\n' +
    'Note that terminating immediately may lead to orphaned resources and other inconsistencies.\n'
}

/** The first signal: start nothing new, cancel providers, finish calls in progress. The second: exit immediately. */
function listen (context: CommandContext, cancellation: Cancellation): () => void {
  return context.onSignal((signal) => {
    if (cancellation.stop.reason === 'cancelled') process.exit(exitCodes.failed)
    cancellation.cancel(notices[signal])
  })
}

interface Finished {
  kind: DeploymentKind
  started: Date
  outcome: DeploymentOutcome
}

async function record (
  { args, environment }: CommandContext,
  { files }: Selection,
  { kind, started, outcome }: Finished
): Promise<void> {
  const now = new Date()
  await addToHistory(
    files,
    {
      kind,
      startTime: Math.floor(started.getTime() / 1000),
      message: args.flags.get('message') ?? '',
      environment: historyEnvironment(args, environment),
      config: outcome.config,
      result: outcome.result,
      endTime: Math.floor(now.getTime() / 1000),
      resourceChanges: outcome.resourceChanges
    },
    now
  )
  if (!environment.disableBackups) await addBackup(files, now)
}

const goArchitectures: Record<string, string> = { x64: 'amd64', ia32: '386' }

/** What the CLI notes beside a deployment: variables and flags by name, never their values unless they are switches. */
function historyEnvironment (args: Arguments, environment: EngineVariables): Record<string, string> {
  const flags = [...args.flags].map(([name, value]) => [
    `pulumi.flag.${name}`,
    value === 'true' || value === 'false' ? value : 'set'
  ])
  return {
    ...environment.recorded,
    ...Object.fromEntries(flags),
    'exec.kind': args.flags.get('exec-kind') ?? 'cli',
    ...(args.flags.has('exec-agent') ? { 'exec.agent': args.flags.get('exec-agent') ?? '' } : {}),
    'pulumi.arch': goArchitectures[arch()] ?? arch(),
    'pulumi.os': platform(),
    'pulumi.version': engineVersion,
    'stack.environments': '[]',
    updatePlan: 'false'
  }
}
