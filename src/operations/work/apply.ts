import type { RunResult } from '../../engine/types.ts'
import type { Outputs } from '../../schemas/environment.ts'
import { isDrifted } from '../transitions.ts'
import type { Done, Job } from './done.ts'
import { contractFailure, required, runEngine } from './engine-run.ts'

/** Makes the environment what its spec says: create and update alike. */
export async function apply (job: Job): Promise<Done> {
  const environment = required(job.environment)
  const { expectState, repair = isDrifted(environment) } = job.attempt.operation.input
  // The preview's state counts for the first attempt: a later one carries on from what that made.
  const expected = job.attempt.operation.attempt === 1 && expectState !== undefined ? { expectState } : {}
  const outputs = outputsOf(await runEngine(job, environment, { kind: 'up', refresh: repair, ...expected }))
  return { outputs, ...(repair && { drifted: { status: false, reason: 'repaired by an update' } }) }
}

function outputsOf ({ outputs }: RunResult): Outputs {
  const { ecs_cluster_name: cluster, job_queue_name: queue, job_definition_arn: definition } = outputs
  if (typeof cluster !== 'string' || typeof queue !== 'string' || typeof definition !== 'string') {
    throw contractFailure('the program did not return the outputs of the contract')
  }
  return { ...outputs, ecs_cluster_name: cluster, job_queue_name: queue, job_definition_arn: definition }
}
