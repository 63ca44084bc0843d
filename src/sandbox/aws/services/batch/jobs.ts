import { randomUUID } from 'node:crypto'
import { ApiError } from '../../model/errors.ts'
import { textProperty } from '../../values.ts'
import type { Item } from '../../world/item.ts'
import { isActive, isPlaced, type BatchJob, type JobStatus } from '../../world/job.ts'
import type { World } from '../../world/world.ts'
import { JOB_QUEUE, ordersOf } from './compute-environment.ts'

/** Between SIGTERM and SIGKILL, as long as a job definition says nothing else. */
const STOP_SECONDS = 30

/**
 * AWS ends the jobs of a deleted queue in the background, after it has answered the deletion. It takes this long at any
 * speed, so that a deletion that does not wait for the jobs meets them.
 */
const BACKGROUND_MS = 3_000

/** The queue of that name or ARN, in any account. Throws in AWS's words, also where several have the name. */
export function findQueue (world: World, named: string): Item {
  const [found, ...others] = world
    .ofType(JOB_QUEUE)
    .filter((item) => item.status !== 'deleting' && (item.name === named || item.id === named))
  if (!found) throw new ApiError('ClientException', `JobQueue ${named} not found.`)
  if (others.length > 0) {
    throw new ApiError('ClientException', `JobQueue ${named} is in several accounts or regions; name it by its ARN.`)
  }
  return found
}

/** Puts jobs of that status into a queue, as SubmitJob would. Throws in AWS's words. */
export function submitJobs (
  world: World,
  queue: Item,
  { count, status }: { count: number, status: JobStatus }
): BatchJob[] {
  if (textProperty(queue.props, 'state') === 'DISABLED') {
    throw new ApiError('ClientException', `JobQueue ${queue.id} is in DISABLED state and cannot accept jobs.`)
  }
  return Array.from({ length: count }, () => {
    const job: BatchJob = {
      id: randomUUID(),
      name: `job-${world.next('job')}`,
      account: queue.account,
      region: queue.region,
      queueArn: queue.id,
      computeEnvironmentArn: ordersOf(queue.props)[0] ?? '',
      status,
      createdAt: Date.now()
    }
    world.putJob(job)
    return job
  })
}

/** What CancelJob does: nothing to a job that has its container, or is over. */
export function cancelJob (world: World, job: BatchJob, reason: string): void {
  if (isActive(job) && !isPlaced(job)) world.putJob({ ...job, status: 'FAILED', reason })
}

/** What TerminateJob does: a container gets the time to stop. */
export function terminateJob (world: World, job: BatchJob, reason: string): void {
  if (!isActive(job)) return
  if (isPlaced(job)) end(world, job, { reason, endsAt: Date.now() + STOP_SECONDS * 1000 * world.speed })
  else world.putJob({ ...job, status: 'FAILED', reason })
}

/** Ends the jobs of a deleted queue, after a while. */
export function abandonJobs (world: World, queueArn: string): void {
  const endsAt = Date.now() + Math.max(BACKGROUND_MS, STOP_SECONDS * 1000 * world.speed)
  for (const job of world.jobs.values()) {
    if (job.queueArn === queueArn && isActive(job)) end(world, job, { reason: 'JobQueue deleted', endsAt })
  }
}

/** A job that is already ending keeps its time and reason. */
function end (world: World, job: BatchJob, { reason, endsAt }: { reason: string, endsAt: number }): void {
  if (job.endsAt === undefined) world.putJob({ ...job, reason, endsAt })
}
