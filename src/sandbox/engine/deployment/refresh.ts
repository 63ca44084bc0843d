import type { ResourceState } from '../state/resource.ts'
import { withoutLost } from '../state/lost.ts'
import { isProviderType } from '../urn.ts'
import { sameValue } from '../values/value.ts'
import type { DeploymentContext } from './context.ts'
import type { DeploymentWork } from './deployment.ts'
import { inverted } from './planning/difference.ts'
import { StepFailed } from './executor.ts'
import { compare } from './planning/planner.ts'
import { ProviderError } from './providers/provider-error.ts'
import type { ProviderConnection } from './providers/provider.ts'
import { markSecrets } from './reporting/secret-outputs.ts'
import type { DeploymentStep } from './planning/step.ts'
import { Stopped } from './stop.ts'

type Refresh = DeploymentStep & { kind: 'refresh' }

const noDifference = { keys: [], diffs: [], detailedDiff: undefined }

/**
 * Asks the providers what has become of every resource, and takes their answers into the state; what is gone leaves it.
 */
export const refresh: DeploymentWork = async (context) => {
  const { base, snapshot, executor } = context
  const found = await Promise.all(base.map(async (old) => refreshed(context, old)))
  snapshot.rebase(withoutLost(found.filter((state) => state !== undefined), base))
  return !executor.failed
}

/** @returns the resource as it is, `undefined` if it is gone; as it was if nobody can tell */
async function refreshed (context: DeploymentContext, old: ResourceState): Promise<ResourceState | undefined> {
  const step: Refresh = { kind: 'refresh', old, new: old, outcome: 'refresh', difference: noDifference }
  try {
    const done = await context.executor.find(step, async () => find(context, step))
    return done.new
  } catch (error) {
    if (error instanceof StepFailed || error instanceof Stopped) return old
    throw error
  }
}

/**
 * Components, providers, and what was deleted for a replacement have nothing to be read (deploy/step.go, RefreshStep).
 */
const isReadable = ({ custom, type, pendingReplacement }: ResourceState): boolean =>
  custom && !isProviderType(type) && !pendingReplacement

async function find (context: DeploymentContext, step: Refresh): Promise<Refresh> {
  const { old } = step
  if (!isReadable(old)) return { ...step, outcome: 'same' }
  const connection = await context.providers.fromState(old, context.base)
  const read = await readOrUnhealthy(context, old, connection)
  if (read.id === '') return { ...step, outcome: 'delete', new: undefined }
  const outputs = markSecrets(read.outputs, old, connection.acceptsSecrets)
  const inputs = read.inputs ?? old.inputs
  const isChanged = !sameValue(inputs, old.inputs) || !sameValue(outputs, old.outputs)
  const state: ResourceState = {
    ...old,
    id: read.id,
    inputs,
    outputs,
    initErrors: read.reasons,
    modified: isChanged ? new Date().toISOString() : old.modified
  }
  if (old.external) return { ...step, outcome: sameValue(outputs, old.outputs) ? 'same' : 'update', new: state }
  // What an update would change back, with old and new exchanged.
  const { changes, diffs, detailedDiff } = inverted(await compare(state, { ...state, inputs: old.inputs }, connection))
  return {
    ...step,
    outcome: changes === 'some' ? 'update' : 'same',
    new: state,
    difference: { keys: [], diffs, detailedDiff }
  }
}

/** An unhealthy resource is a warning, and remembered: the next update mends it. */
async function readOrUnhealthy ({ reporter }: DeploymentContext, old: ResourceState, connection: ProviderConnection) {
  try {
    return { ...await connection.read(old, old.customTimeouts.read ?? 0), reasons: [] }
  } catch (error) {
    if (!(error instanceof ProviderError) || error.initialization === undefined) throw error
    const { reasons } = error.initialization
    reporter.diagnostic('warning', `Refreshed resource is in an unhealthy state:\n* ${reasons.join('\n* ')}`, old.urn)
    return error.initialization
  }
}
