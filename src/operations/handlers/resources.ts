import type { KnownResource } from '../../engine/types.ts'
import { cloudNames, queueResource } from '../../spec/cloud-names.ts'
import type { EnvironmentRow } from '../../store/tables.ts'

export const BUCKET = 'aws:s3/bucket:Bucket'
export const LOG_GROUP = 'aws:cloudwatch/logGroup:LogGroup'
export const QUEUE = 'aws:batch/jobQueue:JobQueue'
export const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'

type Known = readonly KnownResource[]

/** Whether making the spec real takes a queue away, or the compute under one: no type of compute changes in place. */
export function endsJobs (
  resources: Known,
  { id, team, name, resolved: { queues, compute } }: Pick<EnvironmentRow, 'id' | 'team' | 'name' | 'resolved'>
): boolean {
  const names = cloudNames({ id, team, name })
  const keptQueues = new Set(Object.keys(queues).map(queueResource))
  const keptCompute = new Map<string, string>(
    Object.entries(compute).map(([entry, { type }]) => [names.compute(entry), type])
  )
  return resources.some(
    ({ type, name, outputs }) =>
      (type === QUEUE && !keptQueues.has(name)) ||
      (type === COMPUTE && keptCompute.get(name) !== computeTypeOf(outputs))
  )
}

const computeTypeOf = ({ computeResources }: KnownResource['outputs']): unknown =>
  typeof computeResources === 'object' && computeResources !== null && 'type' in computeResources
    ? computeResources.type
    : undefined

/** ARNs of the job queues: the provider's id of a queue is its ARN, older states have it among the outputs. */
export function queueArnsOf (resources: Known): string[] {
  return resources
    .filter(({ type }) => type === QUEUE)
    .map(({ id, outputs: { arn } }) => (typeof arn === 'string' ? arn : id))
}

/** Every name under which the cloud may speak of a resource of the state. */
export function namesOf ({ id, outputs: { arn, securityGroupRuleId } }: KnownResource): string[] {
  return [id, arn, securityGroupRuleId].filter((name) => typeof name === 'string')
}
