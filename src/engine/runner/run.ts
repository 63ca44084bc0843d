import { LocalWorkspace, Stack, type InlineProgramArgs } from '@pulumi/pulumi/automation/index.js'
import { StackNotFoundError } from '@pulumi/pulumi/automation/errors.js'
import type { EngineEvent as SdkEvent } from '@pulumi/pulumi/automation/events.js'
import { createPulumiCommand } from '../command/pulumi-command.ts'
import type { CommandRequest } from '../command/run-command.ts'
import type { Outcome } from '../command/execute.ts'
import { toEngineEvent } from '../events.ts'
import { PROJECT } from '../state-files.ts'
import { legibleRecord } from '../text.ts'
import type { EngineEvent } from '../../schemas/event.ts'
import type { RunSpec } from './messages.ts'
import { observeProgram } from './program.ts'

export interface RunPorts {
  readonly onEvent: (event: EngineEvent) => void
  readonly perform: (request: CommandRequest) => Promise<Outcome>
  /** Runs the program so that its late errors can be told to be this run's. */
  readonly within: <T>(body: () => Promise<T>) => Promise<T>
}

/** Resource operations at a time. Never 1: that takes a path in the SDK which serializes on a process-wide queue. */
const PARALLEL = 16

/** Why a run failed, with the program's own error if it was the program. */
export class RunError extends Error {
  readonly programError: unknown
  constructor (message: string, programError: unknown, options: ErrorOptions) {
    super(message, options)
    this.programError = programError
  }
}

/**
 * Runs one spec through the Automation API.
 * @returns The stack's outputs in plain text, fit to be stored; none after a destroy.
 * @throws RunError
 */
export async function run (spec: RunSpec, ports: RunPorts): Promise<Record<string, unknown>> {
  const observed = observeProgram(spec.program, ports.onEvent)
  try {
    const workspace = await openWorkspace(spec, async () => ports.within(observed.program), ports)
    return spec.kind === 'up' ? await up(spec, workspace, ports) : await destroy(spec, workspace, ports)
  } catch (error) {
    throw new RunError(error instanceof Error ? error.message : String(error), observed.error, { cause: error })
  } finally {
    observed.close()
  }
}

async function openWorkspace (spec: RunSpec, program: InlineProgramArgs['program'], ports: RunPorts): Promise<LocalWorkspace> {
  return LocalWorkspace.create({
    workDir: spec.workDir,
    pulumiHome: spec.pulumiHome,
    envVars: spec.env,
    program,
    projectSettings: { name: PROJECT, runtime: 'nodejs', main: spec.workDir },
    pulumiCommand: createPulumiCommand(spec.engine, ports.perform)
  })
}

const optionsOf = (ports: RunPorts) => ({
  parallel: PARALLEL,
  color: 'never',
  suppressOutputs: true,
  showSecrets: false,
  onEvent: (event: SdkEvent) => {
    const ours = toEngineEvent(event)
    if (ours !== undefined) ports.onEvent(ours)
  }
} as const)

async function up (spec: RunSpec, workspace: LocalWorkspace, ports: RunPorts): Promise<Record<string, unknown>> {
  const stack = await Stack.createOrSelect(spec.stack, workspace)
  const { outputs } = await stack.up(optionsOf(ports))
  const values: Array<[string, unknown]> = Object.entries(outputs).map(([name, output]) => [name, output.value])
  return legibleRecord(Object.fromEntries(values))
}

async function destroy (spec: RunSpec, workspace: LocalWorkspace, ports: RunPorts): Promise<Record<string, unknown>> {
  try {
    const stack = await Stack.select(spec.stack, workspace)
    await stack.destroy({ ...optionsOf(ports), remove: true })
  } catch (error) {
    // Never created, or removed by an earlier attempt: what was asked for holds.
    if (!(error instanceof StackNotFoundError)) throw error
  }
  return {}
}
