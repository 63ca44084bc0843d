import type { ResolvedSpec } from '../schemas/spec.ts'
import { RESERVED_VARIABLES } from '../spec/check.ts'

type JobSpec = ResolvedSpec['jobs'][string]
type ServiceSpec = ResolvedSpec['service']

/** What a container refers to. `T` is a text, or a value of the engine that becomes one. */
export interface References<T> {
  readonly executionRoleArn: T
  readonly jobRoleArn: T
  readonly logGroupName: T
  readonly bucketName: T
}

interface Context<T> { readonly references: References<T>, readonly region: string, readonly streamPrefix: string }

/** Both kinds must name a log group: left out, Batch writes into `/aws/batch/job`, which all teams share. */
const logConfiguration = <T>({ references, region, streamPrefix }: Context<T>) => ({
  logDriver: 'awslogs',
  options: { 'awslogs-group': references.logGroupName, 'awslogs-region': region, 'awslogs-stream-prefix': streamPrefix }
})

/** Tells a container its environment's bucket; the spec cannot name variables with this prefix. */
const BUCKET_VARIABLE = `${RESERVED_VARIABLES}BUCKET`

/** Sorted, so that the order in which a request names them makes no new revision. */
const environmentOf = <T>(environment: Readonly<Record<string, T | string>>, { bucketName }: References<T>) =>
  Object.entries({ ...environment, [BUCKET_VARIABLE]: bucketName })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }))

/** The seconds Fargate waits at most between SIGTERM and SIGKILL; a Spot interruption gives as many. */
const STOP_SECONDS = 120

/**
 * `containerProperties` of a Batch job definition on Fargate, in Batch's spelling: sizes are texts in
 * `resourceRequirements` (the top-level `vcpus` and `memory` are not for Fargate), memory in MiB.
 */
export function jobContainer<T> (job: JobSpec, assignPublicIp: boolean, context: Context<T>) {
  return {
    image: job.image,
    ...(job.command.length === 0 ? {} : { command: job.command }),
    environment: environmentOf(job.environment, context.references),
    resourceRequirements: [
      { type: 'VCPU', value: String(job.vcpus) },
      { type: 'MEMORY', value: String(job.memoryMiB) }
    ],
    executionRoleArn: context.references.executionRoleArn,
    jobRoleArn: context.references.jobRoleArn,
    logConfiguration: logConfiguration(context),
    networkConfiguration: { assignPublicIp: assignPublicIp ? 'ENABLED' : 'DISABLED' },
    fargatePlatformConfiguration: { platformVersion: 'LATEST' }
  }
}

/** The one container of the service's task, which may use all of the task's size. */
export function serviceContainers<T> (service: ServiceSpec, context: Context<T>) {
  return [{
    name: 'main',
    image: service.image,
    essential: true,
    environment: environmentOf({}, context.references),
    stopTimeout: STOP_SECONDS,
    logConfiguration: logConfiguration(context)
  }]
}
