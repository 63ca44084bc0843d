import type { RunResult } from '../../engine/types.ts'
import type { Outputs } from '../../schemas/environment.ts'
import { endsJobs, queueArnsOf } from '../../spec/environment-resources.ts'
import { hasRequiredOutputs } from '../../spec/outputs.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { isDrifted } from '../attempt/phases.ts'
import type { Done } from '../attempt/attempt.ts'
import { beforehand, type Job } from './work-item.ts'
import { unmanagedOf } from './drift-check.ts'
import { contractFailure, required, runEngine } from './engine-run.ts'
import { refuseLostState } from './lost-state.ts'
import { QueueGate } from './queue-gate.ts'

/** Makes the environment what its spec says: create and update alike. */
export async function apply (job: Job): Promise<Done> {
  const environment = required(job.environment)
  const { expectState, repair = isDrifted(environment) } = job.attempt.operation.input
  // The preview's state counts for the first attempt: a later one carries on from what that made.
  const expected = job.attempt.operation.attempt === 1 && expectState !== undefined ? { expectState } : {}
  const outputs = await sparingJobs(job, async () =>
    outputsOf(await runEngine(job, environment, { kind: 'up', refresh: repair, ...expected }))
  )
  return { outputs, ...(repair && { drifted: await leftOver(job, environment) }) }
}

/**
 * Where queues go, or the compute under them, their jobs would end without a word: the update is refused while there are any,
 * or ends them, as the spec's `deletion.jobs` says, and takes none meanwhile.
 * @throws Untouched `jobs-running`, `state-missing`
 */
async function sparingJobs<T> (job: Job, work: () => Promise<T>): Promise<T> {
  const environment = required(job.environment)
  // Nobody was told of queues it may have.
  if (environment.observed_generation === null) return work()
  const { context: { engine }, operation: { input: { deletion = environment.resolved.deletion } } } = job.attempt
  const resources = await beforehand(engine.resources(environment.id))
  await beforehand(refuseLostState(job, resources))
  const gate = new QueueGate(job, queueArnsOf(resources))
  try {
    if (endsJobs(resources, environment)) await beforehand(gate.close(deletion.jobs, 'The environment is changed'))
    return await work()
  } finally {
    await gate.reopen()
  }
}

/** What an update cannot repair: what nobody but its maker knows. */
async function leftOver (job: Job, environment: EnvironmentRow): Promise<NonNullable<Done['drifted']>> {
  const unmanaged = await unmanagedOf(job, environment)
  if (unmanaged.length === 0) return { status: false, reason: 'repaired by an update' }
  return { status: true, reason: `repaired by an update, but ${unmanaged.length} not in the state` }
}

function outputsOf ({ outputs }: RunResult): Outputs {
  if (!hasRequiredOutputs(outputs)) throw contractFailure('the program did not return the outputs of the contract')
  return outputs
}
