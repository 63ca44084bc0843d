import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineEvent, PulumiFn } from '@pulumi/pulumi/automation/index.js'
import { LocalWorkspace, Stack } from '@pulumi/pulumi/automation/index.js'
import semver from 'semver'
import type { EngineExecutable } from '../../../src/engine/index.ts'
import type { SandboxCloud } from '../../../src/sandbox/aws/client.ts'
import type { ResolvedSpec } from '../../../src/schemas/spec.ts'
import { program } from '../../../src/stacks/batch-environment.ts'
import type { EnvironmentInput } from '../../../src/stacks/input.ts'

const PROJECT = 'batchyard'

/** A resource as the engine's state file holds it. */
export interface StateResource {
  readonly urn: string
  readonly type: string
  readonly id?: string
  readonly inputs?: Record<string, unknown>
  readonly outputs?: Record<string, unknown>
  readonly provider?: string
  readonly dependencies?: string[]
  readonly deletedWith?: string
}

export interface Run { readonly outputs: Record<string, unknown>, readonly changes: Record<string, number> }

/** The real program on one stack of one engine. */
export interface ProgramStack {
  /**
   * Runs the program, on another spec if one is given; answers the outputs and how many resources were created,
   * changed, left.
   */
  up: (spec?: ResolvedSpec) => Promise<Run>
  destroy: () => Promise<void>
  /** What the state holds, in the order of the engine. */
  state: () => Promise<StateResource[]>
  /** The same stack, driven by another engine. */
  on: (engine: EngineExecutable) => Promise<ProgramStack>
}

function withPort (port: number, folder: string): Record<string, string> {
  return {
    PULUMI_DEBUG_PROVIDERS: `aws:${port}`,
    PULUMI_BACKEND_URL: `file://${join(folder, 'state')}`,
    PULUMI_HOME: join(folder, 'home'),
    PULUMI_CONFIG_PASSPHRASE: 'of a test',
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: 'true',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true'
  }
}

interface EngineAnswer { readonly stdout: string, readonly stderr: string, readonly code: number }

/** Starts the engine and waits for it; rejects with all it printed where it fails. */
function runEngine (
  engine: EngineExecutable,
  args: string[],
  cwd: string,
  env: Record<string, string>
): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
    execFile(engine.executable, [...engine.args, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr, code: 0 })
      else reject(new Error(`${args.slice(0, 2).join(' ')} failed\n${stderr}\n${stdout}`, { cause: error }))
    })
  })
}

interface Setting {
  readonly engine: EngineExecutable
  readonly stack: string
  readonly folder: string
  readonly port: number
}

async function workspaceFor ({ engine, stack, folder, port }: Setting, run: PulumiFn): Promise<LocalWorkspace> {
  const pulumiCommand = {
    command: engine.executable,
    version: semver.parse(engine.version),
    run: (args: string[], cwd: string, env: Record<string, string>) =>
      runEngine(engine, args.includes('--non-interactive') ? args : [...args, '--non-interactive'], cwd, env)
  }
  const workDir = join(folder, 'work')
  return LocalWorkspace.create({
    workDir,
    pulumiCommand,
    envVars: withPort(port, folder),
    program: run,
    projectSettings: { name: PROJECT, runtime: 'nodejs', main: workDir },
    // As the service's own workspace has it: whatever forgets the explicit provider fails.
    stackSettings: { [stack]: { config: { 'pulumi:disable-default-providers': ['aws'] } } }
  })
}

async function readState (folder: string, stack: string): Promise<StateResource[]> {
  const file = join(folder, 'state', '.pulumi', 'stacks', PROJECT, `${stack}.json`)
  const { checkpoint } = JSON.parse(await readFile(file, 'utf8')) as {
    checkpoint: { latest?: { resources?: StateResource[] } }
  }
  return checkpoint.latest?.resources ?? []
}

async function openStack (setting: Setting, input: EnvironmentInput, verb: 'create' | 'select'): Promise<ProgramStack> {
  let spec = input.spec
  const workspace = await workspaceFor(setting, () => program({ ...input, spec }))
  const stack = await Stack[verb](setting.stack, workspace)
  return {
    up: async (changed = spec) => {
      spec = changed
      let changes: Record<string, number> = {}
      const onEvent = (event: EngineEvent) => { changes = event.summaryEvent?.resourceChanges ?? changes }
      const { outputs } = await stack.up({ onEvent, showSecrets: false })
      return {
        outputs: Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, output.value as unknown])),
        changes
      }
    },
    destroy: async () => { await stack.destroy({ showSecrets: false }) },
    state: () => readState(setting.folder, setting.stack),
    on: (engine) => openStack({ ...setting, engine }, { ...input, spec }, 'select')
  }
}

/** Makes a stack for `input` in a folder of its own, lends it to `use`, and removes the folder. */
export async function withStack<T> (
  engine: EngineExecutable,
  input: EnvironmentInput,
  { ensure }: Pick<SandboxCloud, 'ensure'>,
  use: (stack: ProgramStack) => Promise<T>
): Promise<T> {
  const { grpcPort: port } = await ensure()
  const folder = await mkdtemp(join(tmpdir(), 'batchyard-program-'))
  try {
    await Promise.all(['work', 'state', 'home'].map((name) => mkdir(join(folder, name))))
    return await use(await openStack({ engine, stack: input.id, folder, port }, input, 'create'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
