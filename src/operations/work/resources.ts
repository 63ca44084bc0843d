import type { KnownResource } from '../../engine/types.ts'

export const BUCKET = 'aws:s3/bucket:Bucket'
export const LOG_GROUP = 'aws:cloudwatch/logGroup:LogGroup'
export const QUEUE = 'aws:batch/jobQueue:JobQueue'
export const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'

type Known = readonly KnownResource[]

export function idsOf (resources: Known, type: string): string[] {
  return resources.filter(resource => resource.type === type).map(({ id }) => id)
}

/** ARNs of the job queues: the provider's id of a queue is its ARN, older states have it among the outputs. */
export function queueArnsOf (resources: Known): string[] {
  return resources.filter(({ type }) => type === QUEUE).map(({ id, outputs: { arn } }) => typeof arn === 'string' ? arn : id)
}

/** Every name under which the cloud may speak of a resource of the state. */
export function namesOf ({ id, outputs: { arn, securityGroupRuleId } }: KnownResource): string[] {
  return [id, arn, securityGroupRuleId].filter(name => typeof name === 'string')
}
