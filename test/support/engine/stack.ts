import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { LocalWorkspace, Stack } from '@pulumi/pulumi/automation/index.js'
import type { EngineEvent, InlineProgramArgs, UpOptions, UpResult } from '@pulumi/pulumi/automation/index.js'
import { execute } from '../../../src/engine/process/execute.ts'
import type { CommandOutcome } from '../../../src/engine/command.ts'
import { createPulumiCommand } from '../../../src/engine/runner/pulumi-command.ts'
import type { EngineExecutable } from '../../../src/engine/index.ts'
import { startProvider, type TestProvider } from './provider.ts'

export type Program = InlineProgramArgs['program']

export interface StateResource {
  urn: string
  type: string
  custom: boolean
  id?: string
  inputs?: Record<string, unknown>
  outputs?: Record<string, unknown>
  parent?: string
  dependencies?: string[]
  propertyDependencies?: Record<string, string[]>
  provider?: string
  initErrors?: string[]
  delete?: boolean
  pendingReplacement?: boolean
}

export interface State {
  resources: StateResource[]
  pending: Array<{ type: string, resource: StateResource }>
  text: string
}

/** One stack in folders of its own, on one engine, with a provider of its own. */
export interface TestStack {
  folder: string
  provider: TestProvider
  stack: Stack
  /** Every event but debug messages, since the stack was made. */
  events: EngineEvent[]
  up: (program: Program, options?: UpOptions) => Promise<UpResult>
  destroy: (options?: { signal?: AbortSignal, continueOnError?: boolean }) => Promise<Record<string, number>>
  /** What `up` would do, by operation. */
  preview: (program: Program) => Promise<Record<string, number>>
  previewDestroy: () => Promise<Record<string, number>>
  refresh: (options?: { clearPendingCreates?: boolean }) => Promise<Record<string, number>>
  previewRefresh: () => Promise<Record<string, number>>
  /** Starts the engine with these arguments; never rejects for a failure. */
  command: (args: string[], env?: Record<string, string>) => Promise<CommandOutcome>
  state: () => Promise<State>
  locks: () => Promise<string[]>
  /** The processes that hold the locks. */
  lockOwners: () => Promise<number[]>
  /** Results of past deployments, oldest first. */
  history: () => Promise<Array<{ kind: string, result: string, resourceChanges: Record<string, number> }>>
  /** The same stack, driven by another engine. */
  on: (engine: EngineExecutable) => Promise<TestStack>
}

const project = 'contract'
const stackName = 'dev'
const passphrase = 'of a test'

/** Makes a stack, lends it to `use`, and removes everything. */
export async function withStack<T> (engine: EngineExecutable, use: (stack: TestStack) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'batchyard-contract-'))
  const provider = await startProvider()
  try {
    await Promise.all(['work', 'state', 'home'].map(async (name) => mkdir(join(folder, name))))
    return await use(await openStack(engine, folder, provider))
  } finally {
    await provider.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

export const environmentOf = (folder: string, port: number): Record<string, string> => ({
  PULUMI_BACKEND_URL: `file://${join(folder, 'state')}`,
  PULUMI_CONFIG_PASSPHRASE: passphrase,
  PULUMI_HOME: join(folder, 'home'),
  PULUMI_SKIP_UPDATE_CHECK: 'true',
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  PULUMI_DEBUG_PROVIDERS: `test:${port}`
})

async function openStack (engine: EngineExecutable, folder: string, provider: TestProvider): Promise<TestStack> {
  const envVars = environmentOf(folder, provider.port)
  const stack = await selectStack(engine, folder, envVars)
  const events: EngineEvent[] = []
  // The SDK's types do not know the severity `debug`, which the CLI sends all the same.
  const onEvent = (event: EngineEvent) => {
    if (String(event.diagnosticEvent?.severity) !== 'debug') events.push(event)
  }
  const workDir = join(folder, 'work')
  const base = join(folder, 'state', '.pulumi')
  const lockFolder = join(base, 'locks', 'organization', project, stackName)
  return {
    folder,
    provider,
    stack,
    events,
    up: async (program, options) => stack.up({ ...options, program, onEvent }),
    destroy: async (options) => {
      const { summary } = await stack.destroy({ ...options, onEvent, showSecrets: false })
      return { ...summary.resourceChanges }
    },
    preview: async (program) => ({ ...(await stack.preview({ program, onEvent })).changeSummary }),
    previewDestroy: async () => ({ ...(await stack.previewDestroy({ onEvent })).changeSummary }),
    refresh: async (options) => {
      const { summary } = await stack.refresh({ ...options, onEvent, showSecrets: false })
      return { ...summary.resourceChanges }
    },
    previewRefresh: async () => ({ ...(await stack.previewRefresh({ onEvent })).changeSummary }),
    command: async (args, env) => start(engine, args, workDir, { ...envVars, ...env }),
    state: async () => parseState(await readFile(join(base, 'stacks', project, `${stackName}.json`), 'utf8')),
    locks: async () => locksIn(lockFolder),
    lockOwners: async () => Promise.all((await locksIn(lockFolder)).map(async (name) =>
      (JSON.parse(await readFile(join(lockFolder, name), 'utf8')) as { pid: number }).pid)),
    history: async () => readHistory(join(base, 'history', project, stackName)),
    on: async (other) => openStack(other, folder, provider)
  }
}

/** How long an engine may take to end after a signal before the next one; no test waits for it. */
const escalation = { interruptSeconds: 120, terminateSeconds: 120 }

/** The engine itself, without the answers that the service reads from state files. */
async function start (
  engine: EngineExecutable,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  signal?: AbortSignal
): Promise<CommandOutcome> {
  // Commands may overlap, and each has its output in a folder of its own, which goes with the stack's if nobody removes
  // it before.
  const folder = await mkdtemp(join(dirname(cwd), 'output-'))
  try {
    return await execute({
      executable: '/usr/bin/env',
      args: ['-C', cwd, engine.executable, ...engine.args, ...args],
      cwd: folder,
      env: { ...(process.env as Record<string, string>), ...env },
      signal: signal ?? new AbortController().signal,
      escalation,
      onStarted: async () => {}
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function selectStack (
  engine: EngineExecutable,
  folder: string,
  envVars: Record<string, string>
): Promise<Stack> {
  const workDir = join(folder, 'work')
  const pulumiCommand = createPulumiCommand(engine, async ({ args, cwd, env }, signal) =>
    start(
      engine,
      args.includes('--non-interactive') ? args : [...args, '--non-interactive'],
      cwd,
      { ...env, PULUMI_AUTOMATION_API: 'true' },
      signal
    )
  )
  const workspace = await LocalWorkspace.create({
    workDir,
    pulumiCommand,
    envVars,
    projectSettings: { name: project, runtime: 'nodejs', main: workDir },
    program: async () => {}
  })
  return Stack.createOrSelect(stackName, workspace)
}

function parseState (text: string): State {
  const { checkpoint } = JSON.parse(text) as {
    checkpoint: { latest?: { resources?: StateResource[], pending_operations?: State['pending'] } }
  }
  return { resources: checkpoint.latest?.resources ?? [], pending: checkpoint.latest?.pending_operations ?? [], text }
}

const list = async (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

const locksIn = async (folder: string): Promise<string[]> =>
  (await list(folder)).filter((name) => name.endsWith('.json'))

async function readHistory (folder: string) {
  const names = (await list(folder)).filter((name) => name.endsWith('.history.json')).sort()
  return Promise.all(
    names.map(
      async (name) =>
        JSON.parse(await readFile(join(folder, name), 'utf8')) as {
          kind: string
          result: string
          resourceChanges: Record<string, number>
        }
    )
  )
}

export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf('::') + 2)

/** A resource of the state by its name. */
export function resource (state: State, name: string): StateResource {
  const found = state.resources.find(({ urn }) => nameOf(urn) === name)
  if (found === undefined) throw new Error(`no resource ${name} in the state`)
  return found
}

/** What happened to which resource, in order: `create a`, `created a`, `failed a`. */
export function eventLog (events: EngineEvent[]): string[] {
  return events.flatMap((event) => {
    const [metadata, end] = event.resourcePreEvent
      ? [event.resourcePreEvent.metadata, '']
      : event.resOutputsEvent
        ? [event.resOutputsEvent.metadata, ' done']
        : [event.resOpFailedEvent?.metadata, ' failed']
    return metadata === undefined ? [] : [`${metadata.op} ${nameOf(metadata.urn)}${end}`]
  })
}
