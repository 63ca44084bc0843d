import { LocalWorkspace, Stack, type InlineProgramArgs } from '@pulumi/pulumi/automation/index.js'
import { StackNotFoundError } from '@pulumi/pulumi/automation/errors.js'
import type { EngineEvent as SdkEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js'
import { changingStep, plannedChanges } from '../translate/changes.ts'
import { createPulumiCommand } from './pulumi-command.ts'
import type { CommandRequest, CommandOutcome } from '../command.ts'
import { driftedResources, driftingStep } from '../translate/drift.ts'
import { toEngineEvent, type EngineActivity } from '../translate/events.ts'
import { PROJECT } from '../state/state-paths.ts'
import { mapTexts, stripControlCharacters } from '../../text.ts'
import type { EngineEvent } from '../../schemas/event.ts'
import type { ProgramResults, RunKind } from '../types.ts'
import type { RunSpec } from './messages.ts'
import { observeProgram } from './program.ts'

export interface RunPorts {
  readonly onEvent: (event: EngineEvent) => void
  readonly runCommand: (request: CommandRequest) => Promise<CommandOutcome>
  /** Runs the program such that errors which nothing catches are known to be this run's. */
  readonly runInScope: <T>(body: () => Promise<T>) => Promise<T>
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
 * @returns The stack's outputs in plain text, fit to be stored, after an `up`; what a reading run found.
 * @throws RunError
 */
export async function runInlineProgram (spec: RunSpec, ports: RunPorts): Promise<ProgramResults[RunKind]> {
  const observed = observeProgram(spec.program, ports.onEvent)
  try {
    const workspace = await openWorkspace(spec, async () => ports.runInScope(observed.program), ports)
    return await runByKind[spec.kind](spec, workspace, ports)
  } catch (error) {
    throw new RunError(error instanceof Error ? error.message : String(error), observed.error, { cause: error })
  } finally {
    observed.close()
  }
}

async function openWorkspace (
  spec: RunSpec,
  program: InlineProgramArgs['program'],
  ports: RunPorts
): Promise<LocalWorkspace> {
  return LocalWorkspace.create({
    workDir: spec.workDir,
    pulumiHome: spec.pulumiHome,
    envVars: spec.env,
    program,
    projectSettings: { name: PROJECT, runtime: 'nodejs', main: spec.workDir },
    pulumiCommand: createPulumiCommand(spec.engine, ports.runCommand)
  })
}

/** @param observe Gets every event of the engine, also those that are not sent on. */
const optionsOf = (
  ports: RunPorts,
  activity: EngineActivity,
  observe: (event: SdkEvent) => void = () => undefined
) => ({
  parallel: PARALLEL,
  color: 'never',
  suppressOutputs: true,
  showSecrets: false,
  onEvent: (event: SdkEvent) => {
    observe(event)
    const ours = toEngineEvent(event, activity)
    if (ours !== undefined) ports.onEvent(ours)
  }
} as const)

type RunOf<K extends RunKind> = (
  spec: RunSpec,
  workspace: LocalWorkspace,
  ports: RunPorts
) => Promise<ProgramResults[K]>

const runByKind: { readonly [K in RunKind]: RunOf<K> } = {
  async up (spec, workspace, ports) {
    const stack = await Stack.createOrSelect(spec.stack, workspace)
    if (spec.refresh) await refresh(stack, ports)
    const { outputs } = await stack.up(optionsOf(ports, 'change'))
    const values: Array<[string, unknown]> = Object.entries(outputs).map(([name, output]) => [name, output.value])
    return { outputs: mapTexts(Object.fromEntries(values), stripControlCharacters) }
  },

  async destroy (spec, workspace, ports) {
    try {
      const stack = await Stack.select(spec.stack, workspace)
      if (spec.refresh) await refresh(stack, ports)
      await stack.destroy({ ...optionsOf(ports, 'change'), remove: true })
    } catch (error) {
      // Never created, or removed by an earlier attempt: what was asked for holds.
      if (!(error instanceof StackNotFoundError)) throw error
    }
    return {}
  },

  async preview (spec, workspace, ports) {
    const stack = await Stack.select(spec.stack, workspace)
    // Into the copy of the state.
    if (spec.refresh) await refresh(stack, ports)
    const steps: StepEventMetadata[] = []
    await stack.preview(optionsOf(ports, 'read', (event) => steps.push(...changingStep(event))))
    return { changes: plannedChanges(steps) }
  },

  async drift (spec, workspace, ports) {
    const stack = await Stack.select(spec.stack, workspace)
    const steps: StepEventMetadata[] = []
    await stack.previewRefresh(optionsOf(ports, 'read', (event) => steps.push(...driftingStep(event))))
    return { drifted: driftedResources(steps) }
  }
}

/** The run's summary is that of its last engine. */
async function refresh (stack: Stack, ports: RunPorts): Promise<void> {
  const onEvent: RunPorts['onEvent'] = (event) => { if (event.type !== 'summary') ports.onEvent(event) }
  await stack.refresh(optionsOf({ ...ports, onEvent }, 'read'))
}
