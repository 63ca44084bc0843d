import type { EngineVariables } from '../environment.ts'
import { EngineError, messageOf } from '../errors.ts'
import type { Output } from '../output.ts'
import { checkpointSecrets, existingCheckpoint, readSettings, stackSecrets } from '../project.ts'
import type { Project, StackSettings } from '../project.ts'
import { hasSecretConfig, historyConfig, publicConfig, readConfig } from '../stack-config.ts'
import type { StackConfig } from '../stack-config.ts'
import { decrypterFor, pendingOf, resourcesOf } from '../state/checkpoint.ts'
import type { CheckpointFile, PendingOperation } from '../state/checkpoint.ts'
import type { StackFiles } from '../state/files.ts'
import { integrityProblem } from '../state/integrity.ts'
import type { ResourceState } from '../state/resource.ts'
import { Snapshot } from '../state/snapshot.ts'
import { rootType, urnOf } from '../urn.ts'
import type { JsonObject } from '../values/json.ts'
import { withoutCiphertexts } from '../values/reencrypt.ts'
import type { DeploymentContext } from './context.ts'
import { openEventLog } from './reporting/events.ts'
import { Executor } from './executor.ts'
import { startEngineServer } from './program/monitor.ts'
import type { EngineServer } from './program/monitor.ts'
import { ProviderRegistry, parseDebugProviders } from './providers/providers.ts'
import { Reporter } from './reporting/reporter.ts'
import { Stop } from './stop.ts'

/** What one deployment is to do. */
export interface DeploymentOptions {
  environment: EngineVariables
  output: Output
  project: Project
  files: StackFiles
  settingsPath: string
  /** `tcp://HOST:PORT` */
  eventLog: string | undefined
  parallel: number
  continueOnError: boolean
  showDebug: boolean
  title: string
  /** Tell what would be done, and do nothing: the stack need not be locked. */
  preview: boolean
  /** Forget interrupted creates: somebody has seen to what they made. */
  clearPendingCreates: boolean
}

/** What a deployment came to. */
export interface DeploymentOutcome {
  result: 'succeeded' | 'failed'
  resourceChanges: Record<string, number>
  /** The configuration as history keeps it. */
  config: JsonObject
}

/**
 * The part that differs: bring about what a program wants, or delete everything. It reports its own failures and
 * answers whether there were none.
 */
export type DeploymentWork = (context: DeploymentContext, server: EngineServer) => Promise<boolean>

/** A switch for whoever listens to signals; the rest is there once the deployment has begun. */
export class Cancellation {
  readonly stop = new Stop()
  #running: { providers: ProviderRegistry, reporter: Reporter } | undefined

  begin (running: { providers: ProviderRegistry, reporter: Reporter }): void {
    this.#running = running
  }

  /** Starts nothing new and asks the providers to end what they are doing early; they may, or may finish it. */
  cancel (notice: string): void {
    this.stop.now('cancelled')
    this.#running?.reporter.message(notice)
    this.#running?.providers.cancelAll().catch(() => {})
  }
}

/** Runs `work` between a checkpoint and the next one. The caller holds the stack's lock. */
export async function deploy (
  options: DeploymentOptions,
  cancellation: Cancellation,
  work: DeploymentWork
): Promise<DeploymentOutcome> {
  const { environment, files } = options
  const ports = parseDebugProviders(environment.debugProviders)
  const settings = await readSettings(options.settingsPath)
  const loaded = await load(options, settings)
  const root = urnOf(
    { project: options.project.name, stack: files.stack },
    { parent: '', type: rootType, name: `${options.project.name}-${files.stack}` }
  )
  const reporter = new Reporter(openEventLog(options.eventLog), {
    output: options.output,
    root,
    preview: options.preview
  })
  const server = await startEngineServer({
    log: (severity, message, urn) => {
      if (severity !== 'debug' || options.showDebug) reporter.diagnostic(severity, message, urn)
    }
  })
  const providers = new ProviderRegistry(ports, server.address)
  cancellation.begin({ providers, reporter })
  const context = contextOf(options, loaded, { reporter, providers, stop: cancellation.stop })
  try {
    const result = await carryOut(context, { ...options, loaded }, async () => work(context, server))
    return { result, resourceChanges: reporter.changes, config: historyConfig(settings.config, options.project.name) }
  } finally {
    await providers.cancelAll()
    providers.close()
    await reporter.close()
    server.close()
  }
}

interface Loaded {
  base: ResourceState[]
  pending: PendingOperation[]
  config: StackConfig
  snapshot: Snapshot
}

async function load (
  { environment, files, preview, clearPendingCreates }: DeploymentOptions,
  settings: StackSettings
): Promise<Loaded> {
  const checkpoint: CheckpointFile = await existingCheckpoint(files)
  const secrets = await stackSecrets(environment, settings, checkpoint)
  const former =
    checkpoint.salt === undefined || checkpoint.salt === secrets.salt
      ? secrets
      : await checkpointSecrets(environment, checkpoint)
  const decrypt = await decrypterFor(checkpoint, async () => former)
  const configDecrypt = hasSecretConfig(settings.config) ? (await secrets.crypter()).decrypt : decrypt
  const config = readConfig(settings.config, files.project, configDecrypt)
  const adopt = former === secrets ? (state: ResourceState) => state : encryptAnew
  const base = resourcesOf(checkpoint, decrypt).map(adopt)
  const problem = integrityProblem(base)
  if (problem !== undefined) throw new EngineError(`snapshot integrity failure: ${problem}`)
  const pending = pendingOf(checkpoint, decrypt)
    .map(({ resource, type }) => ({ resource: adopt(resource), type }))
    .filter(({ type }) => type !== 'creating' || !clearPendingCreates)
  // Only an interrupted create needs a person: whatever else was in progress is known to exist (backend/snapshot.go,
  // snap).
  const kept = pending.filter(({ type }) => type === 'creating')
  return {
    base,
    pending,
    config,
    snapshot: new Snapshot({
      files,
      secrets,
      base,
      pending: kept,
      extra: checkpoint.extra,
      readOnly: preview,
      retain: environment.retainCheckpoints
    })
  }
}

const encryptAnew = (state: ResourceState): ResourceState =>
  ({ ...state, inputs: withoutCiphertexts(state.inputs), outputs: withoutCiphertexts(state.outputs) })

function contextOf (
  options: DeploymentOptions,
  loaded: Loaded,
  parts: Pick<DeploymentContext, 'reporter' | 'providers' | 'stop'>
): DeploymentContext {
  const { snapshot, base, config } = loaded
  const { parallel, continueOnError, project, files, preview } = options
  const executor = new Executor({ ...parts, snapshot, base, parallel, continueOnError, preview })
  return {
    ...parts,
    executor,
    snapshot,
    base,
    config,
    parallel,
    preview,
    scope: { project: project.name, stack: files.stack },
    projectRoot: project.directory
  }
}

async function carryOut (
  context: DeploymentContext,
  { title, preview, loaded }: DeploymentOptions & { loaded: Loaded },
  work: () => Promise<boolean>
): Promise<'succeeded' | 'failed'> {
  const { reporter, executor, snapshot, stop } = context
  let ok = false
  reporter.prelude(title, publicConfig(loaded.config))
  if (loaded.pending.length > 0) reporter.diagnostic('warning', pendingWarning(loaded.pending))
  try {
    ok = await work()
  } catch (error) {
    reporter.diagnostic('error', messageOf(error))
    stop.now('failed')
  }
  await executor.idle()
  await snapshot.saved()
  const kind = preview ? 'preview' : 'update'
  if (stop.reason === 'cancelled') reporter.diagnostic('error', `${kind} canceled`)
  else if (executor.failed) reporter.diagnostic('error', `${kind} failed`)
  const result = ok && stop.reason === undefined && !executor.failed ? 'succeeded' : 'failed'
  reporter.summary(result)
  return result
}

/** The real engine's words (deploy/deployment_executor.go, printPendingOperationsWarning). */
function pendingWarning (pending: PendingOperation[]): string {
  return (
    `Attempting to deploy or update resources with ${pending.length} pending operations from previous deployment.\n` +
    pending.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`).join('') +
    'These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to ' +
    'these resources to complete. ' +
    'You should confirm whether or not the operations listed completed successfully by checking the state of the ' +
    'appropriate provider. ' +
    'For example, if you are using AWS, you can confirm using the AWS Console.\n\n' +
    'Once you have confirmed the status of the interrupted operations, you can repair your stack using ' +
    '`pulumi refresh` which will refresh the state from the provider you are using and clear the pending ' +
    'operations if there are any.\n\n' +
    'Note that `pulumi refresh` will need to be run interactively to clear pending CREATE operations.'
  )
}
