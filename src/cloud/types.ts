import type { Placement } from '../schemas/team.ts'

/** Where an environment lives: the region of its spec, the account and role of its placement. */
export interface AwsTarget {
  readonly region: string
  readonly placement: Pick<Placement, 'accountId' | 'roleArn' | 'externalId'>
}

/** A resource to be looked up: what was asked of the provider, its automatic name among the inputs. */
export interface ResourceLookup {
  readonly urn: string
  readonly type: string
  readonly inputs: Readonly<Record<string, unknown>>
}

/** Something in the cloud that carries an environment's tags. */
export interface TaggedResource {
  readonly arn: string
  readonly tags: Readonly<Record<string, string>>
}

/** Jobs that are not over yet: SUBMITTED to RUNNING. */
export interface ActiveJobs {
  readonly count: number
  readonly running: number
}

/** Whether queues take jobs (`ENABLED`) or not. */
export interface QueueChange {
  readonly state: 'ENABLED' | 'DISABLED'
  readonly signal: AbortSignal
}

/**
 * The AWS calls that are not Pulumi's. Every one rejects with CloudFailure, whose code is one of the operations'
 * catalogue; throttling and server errors have been retried by then. All are safe to repeat.
 */
export interface Cloud {
  /**
   * The id of each wanted resource that exists, as the provider would give it: by name where the name says it, else by
   * tags. What AWS is still making is waited for. Of a task definition it is the ARN, and belongs among its outputs
   * (`arn`) as well: the provider reads it by that, not by its id. Types that are not known are left out.
   */
  locate(
    target: AwsTarget,
    environmentId: string,
    wanted: readonly ResourceLookup[]
  ): Promise<ReadonlyMap<string, string>>
  /** Everything in the region that carries the environment's id tag. */
  tagged(target: AwsTarget, environmentId: string): Promise<readonly TaggedResource[]>
  /** Objects, versions and delete markers, counted up to `limit`; undefined when there is no such bucket. */
  countObjects(target: AwsTarget, bucket: string, limit: number): Promise<number | undefined>
  /** Deletes every object, version and unfinished upload; answers how many. */
  emptyBucket(target: AwsTarget, bucket: string, signal: AbortSignal): Promise<number>
  /** Jobs of these queues that are not over; a queue that does not exist has none. */
  activeJobs(target: AwsTarget, queueArns: readonly string[]): Promise<ActiveJobs>
  /** Lets the queues take jobs, or stops them; a queue that does not exist is passed over. */
  setQueues(target: AwsTarget, queueArns: readonly string[], change: QueueChange): Promise<void>
  /** Disables the queues, ends their jobs, waits until none is active; answers how many were ended. */
  drain(
    target: AwsTarget,
    queueArns: readonly string[],
    options: { readonly reason: string, readonly signal: AbortSignal }
  ): Promise<number>
}
