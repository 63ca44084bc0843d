import type { RunResults } from '../../engine/types.ts'
import type { Outputs } from '../../schemas/environment.ts'
import { endsJobs, queueArnsOf } from '../../spec/environment-resources.ts'
import { hasRequiredOutputs } from '../../spec/outputs.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { isDrifted } from '../attempt/phases.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import { beforeChanges, type WorkItem } from './work-item.ts'
import { unmanagedOf } from './drift-check.ts'
import { contractFailure, required, runEngine } from './engine-run.ts'
import { refuseLostState } from './lost-state.ts'
import { JobQueues } from './job-queues.ts'

/** Makes the environment what its spec says: create and update alike. */
export async function apply (item: WorkItem): Promise<WorkResult> {
  const environment = required(item.environment)
  const { expectState, repair = isDrifted(environment) } = item.attempt.operation.input
  // The preview's state counts for the first attempt: a later one carries on from what that made.
  const expected = item.attempt.operation.attempt === 1 && expectState !== undefined ? { expectState } : {}
  const outputs = await sparingJobs(item, async () =>
    outputsOf(await runEngine(item, environment, { kind: 'up', refresh: repair, ...expected }))
  )
  return { outputs, ...(repair && { drifted: await leftOver(item, environment) }) }
}

/**
 * Where queues go, or the compute under them, their jobs would end without a word: the update is refused while there are any,
 * or ends them, as the spec's `deletion.jobs` says, and takes none meanwhile.
 * @throws NothingChangedError `jobs-running`, `state-missing`
 */
async function sparingJobs<T> (item: WorkItem, work: () => Promise<T>): Promise<T> {
  const environment = required(item.environment)
  // Nobody was told of queues it may have.
  if (environment.observed_generation === null) return work()
  const { context: { engine }, operation: { input: { deletion = environment.resolved.deletion } } } = item.attempt
  const resources = await beforeChanges(engine.resources(environment.id))
  await beforeChanges(refuseLostState(item, resources))
  const jobQueues = new JobQueues(item, queueArnsOf(resources))
  try {
    if (endsJobs(resources, environment)) await beforeChanges(jobQueues.disable(deletion.jobs, 'The environment is changed'))
    return await work()
  } finally {
    await jobQueues.enableAgain()
  }
}

/** What an update cannot repair: what nobody but its maker knows. */
async function leftOver (item: WorkItem, environment: EnvironmentRow): Promise<NonNullable<WorkResult['drifted']>> {
  const unmanaged = await unmanagedOf(item, environment)
  if (unmanaged.length === 0) return { status: false, reason: 'repaired by an update' }
  return { status: true, reason: `repaired by an update, but ${unmanaged.length} not in the state` }
}

function outputsOf ({ outputs }: RunResults['up']): Outputs {
  if (!hasRequiredOutputs(outputs)) throw contractFailure('the program did not return the outputs of the contract')
  return outputs
}
