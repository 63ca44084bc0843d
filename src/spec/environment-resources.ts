import type { PlannedChange } from '../schemas/change.ts'
import type { Deletion, ResolvedSpec } from '../schemas/spec.ts'
import { cloudNames, queueResource } from './cloud-names.ts'
import { RESOURCE_TYPES } from './resource-types.ts'

/** A cloud resource as the environment's state has it. */
export interface StateResource {
  readonly type: string
  /** The logical name. */
  readonly name: string
  readonly id: string
  readonly outputs: Readonly<Record<string, unknown>>
}

interface Environment {
  readonly id: string
  readonly team: string
  readonly name: string
  readonly resolved: Pick<ResolvedSpec, 'queues' | 'compute'>
}

const ofType = <T extends StateResource>(resources: readonly T[], type: string): T[] =>
  resources.filter((resource) => resource.type === type)

/**
 * Whether an update to the resolved spec would end jobs: it takes away a queue, or the compute environment under one,
 * which is also replaced when its type changes.
 */
export function endsJobs (resources: readonly StateResource[], { id, team, name, resolved }: Environment): boolean {
  const names = cloudNames({ id, team, name })
  const keptQueues = new Set(Object.keys(resolved.queues).map(queueResource))
  const typesOfCompute = new Map<string, string>(
    Object.entries(resolved.compute).map(([entry, { type }]) => [names.compute(entry), type])
  )
  return ofType(resources, RESOURCE_TYPES.jobQueue).some((queue) => !keptQueues.has(queue.name)) ||
    ofType(resources, RESOURCE_TYPES.computeEnvironment)
      .some((compute) => typesOfCompute.get(compute.name) !== computeTypeOf(compute))
}

const computeTypeOf = ({ outputs: { computeResources } }: StateResource): unknown =>
  typeof computeResources === 'object' && computeResources !== null && 'type' in computeResources
    ? computeResources.type
    : undefined

const TYPES_WITH_JOBS: ReadonlySet<string> = new Set([RESOURCE_TYPES.jobQueue, RESOURCE_TYPES.computeEnvironment])

/** Whether a planned change ends jobs: a job ends with its queue, and its task with the compute environment. */
export function interruptsJobs ({ action, resourceType }: Pick<PlannedChange, 'action' | 'resourceType'>): boolean {
  return (action === 'replace' || action === 'delete') && TYPES_WITH_JOBS.has(resourceType)
}

/** ARNs of the job queues. The provider's id of a queue is its ARN; older states have it among the outputs. */
export function queueArnsOf (resources: readonly StateResource[]): string[] {
  return ofType(resources, RESOURCE_TYPES.jobQueue)
    .map(({ id, outputs: { arn } }) => (typeof arn === 'string' ? arn : id))
}

/** The buckets of the environment; the id of each is the bucket's name. */
export function bucketsOf<T extends StateResource> (resources: readonly T[]): T[] {
  return ofType(resources, RESOURCE_TYPES.bucket)
}

/** Types of the resources that a deletion leaves in the account. */
export function retainedTypes ({ bucket, logs }: Pick<Deletion, 'bucket' | 'logs'>): string[] {
  return [
    ...(bucket === 'retain' ? [RESOURCE_TYPES.bucket] : []),
    ...(logs === 'retain' ? [RESOURCE_TYPES.logGroup] : [])
  ]
}

/** Of these ARNs from the cloud, those that belong to no resource of the state. */
export function unknownArns (arns: readonly string[], resources: readonly StateResource[]): string[] {
  const known = new Set(resources.flatMap(identifiersOf))
  return arns.filter((arn) => !known.has(arn) && !known.has(lastPart(arn)))
}

/** Everything by which the cloud may name a resource of the state. */
function identifiersOf ({ id, outputs: { arn, securityGroupRuleId } }: StateResource): string[] {
  return [id, arn, securityGroupRuleId].filter((name) => typeof name === 'string')
}

/** Buckets, security groups and their rules are known by what their ARN ends in. */
function lastPart (arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1)
}
