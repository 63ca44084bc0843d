import { operationError } from '../../errors.ts'
import { RunFailure, type RunResults } from '../../engine/types.ts'
import type { Outputs } from '../../schemas/environment.ts'
import { endsJobs, queueArnsOf } from '../../spec/environment-resources.ts'
import { hasRequiredOutputs } from '../../spec/outputs.ts'
import type { ApplyInput } from '../../store/tables.ts'
import type { Drifted, WorkResult } from '../attempt/attempt.ts'
import { isDrifted } from '../attempt/phases.ts'
import { unmanagedOf } from './drift-check.ts'
import { runEngine } from './engine-run.ts'
import { JobQueues } from './job-queues.ts'
import { refuseLostState } from './lost-state.ts'
import { beforeChanges, type WorkItem } from './work-item.ts'

type ApplyItem = WorkItem<ApplyInput>

/** Makes the environment what its spec says: create and update alike. */
export async function apply (item: ApplyItem): Promise<WorkResult> {
  const { attempt: { operation }, environment, input: { expectState, repair = isDrifted(environment) } } = item
  // The preview's state counts for the first attempt: a later one carries on from what that made.
  const expected = operation.attempt === 1 && expectState !== undefined ? { expectState } : {}
  const outputs = await withJobsProtected(item, async () =>
    outputsOf(await runEngine(item, environment, { kind: 'up', refresh: repair, ...expected }))
  )
  return { work: 'apply', outputs, ...(repair && { drifted: await driftAfterRepair(item) }) }
}

/**
 * Deleting or replacing a queue, or the compute environment under it, ends its jobs. Where the change does that, it is
 * refused while there are jobs, or ends them first, as the spec's `deletion.jobs` says; no job is accepted meanwhile.
 * @throws NothingChangedError `jobs-running`, `state-missing`
 */
async function withJobsProtected<T> (item: ApplyItem, work: () => Promise<T>): Promise<T> {
  const { attempt: { context: { engine } }, environment, input: { deletion = environment.resolved.deletion } } = item
  // An environment that was never ready has shown its queues to nobody.
  if (environment.observed_generation === null) return work()
  const resources = await beforeChanges(engine.resources(environment.id))
  await beforeChanges(refuseLostState(item, resources))
  const jobQueues = new JobQueues(item, queueArnsOf(resources))
  try {
    if (endsJobs(resources, environment)) {
      await beforeChanges(jobQueues.disable(deletion.jobs, 'The environment is changed'))
    }
    return await work()
  } finally {
    await jobQueues.enableAgain()
  }
}

/** What an update cannot repair are resources with the environment's tags that Batchyard did not make. */
async function driftAfterRepair (item: ApplyItem): Promise<Drifted> {
  const unmanaged = await unmanagedOf(item)
  if (unmanaged.length === 0) return { status: false, reason: 'repaired by an update' }
  return { status: true, reason: `repaired by an update, but ${unmanaged.length} not in the state` }
}

function outputsOf ({ outputs }: RunResults['up']): Outputs {
  if (hasRequiredOutputs(outputs)) return outputs
  throw new RunFailure(operationError('program-failed', 'the program did not return the outputs of the contract'))
}
