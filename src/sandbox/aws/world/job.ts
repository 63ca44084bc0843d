import type { SandboxJob } from '../../../schemas/sandbox.ts'
import type { AccountRegion } from './item.ts'

/** Statuses of a job that is not over, in the order it goes through them. */
const ACTIVE_STATUSES: readonly JobStatus[] = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING']
export type JobStatus = SandboxJob['status']

/** A Batch job. It runs nothing: it keeps its status until a call ends it or changes its status. */
export interface BatchJob extends AccountRegion {
  id: string
  name: string
  queueArn: string
  /** ARN of where it has its container, once it has one: the first in the queue's order. */
  computeEnvironmentArn: string
  status: JobStatus
  /** Epoch milliseconds. */
  createdAt: number
  /** When a job that was terminated has ended (epoch milliseconds). */
  endsAt?: number
  /** Why it was ended. */
  reason?: string
}

/** The status at this moment: a terminated job is FAILED from `endsAt` on. */
export function statusOf ({ status, endsAt }: BatchJob): JobStatus {
  return endsAt !== undefined && endsAt <= Date.now() ? 'FAILED' : status
}

export function isActive (job: BatchJob): boolean {
  return ACTIVE_STATUSES.includes(statusOf(job))
}

/** Whether it holds a container, and with it a part of its compute environment. */
export function isPlaced (job: BatchJob): boolean {
  return ['STARTING', 'RUNNING'].includes(statusOf(job))
}

/** Whether any of the jobs holds a container in this compute environment. */
export function hasJobs (jobs: Iterable<BatchJob>, computeEnvironmentArn: string): boolean {
  return [...jobs].some((job) => job.computeEnvironmentArn === computeEnvironmentArn && isPlaced(job))
}
