import { randomUUID } from 'node:crypto'
import { ApiError } from '../../model/errors.ts'
import { text } from '../../values.ts'
import type { Item } from '../../world/item.ts'
import { isActive, isPlaced, type BatchJob, type JobStatus } from '../../world/job.ts'
import type { World } from '../../world/world.ts'
import { JOB_QUEUE, ordersOf } from './compute-environment.ts'

/** Between SIGTERM and SIGKILL, as long as a job definition says nothing else. */
const STOP_SECONDS = 30

/**
 * AWS ends the jobs of a deleted queue in the background, after the deletion has been answered. Also where the cloud's
 * durations take no time it takes this long: whoever deletes without draining meets the jobs that are still there.
 */
const BACKGROUND_MS = 3_000

/** The queue a name or an ARN stands for, in any account; an ARN where the name is used twice. Throws in AWS's words. */
export function findQueue (world: World, named: string): Item {
  const [found, ...others] = world
    .ofType(JOB_QUEUE)
    .filter((item) => item.status !== 'deleting' && (item.name === named || item.id === named))
  if (!found) throw new ApiError('ClientException', `JobQueue ${named} not found.`)
  if (others.length > 0) {
    throw new ApiError('ClientException', `JobQueue ${named} is in several places; name it by its ARN.`)
  }
  return found
}

/** Puts jobs into a queue, as SubmitJob would have; those that are to hold a container hold one. Throws in AWS's words. */
export function submitJobs (world: World, queue: Item, { count, status }: { count: number, status: JobStatus }): BatchJob[] {
  if (text(queue.props, 'state') === 'DISABLED') {
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

/** The jobs of a queue that is gone end one day. */
export function abandonJobs (world: World, queueArn: string): void {
  const endsAt = Date.now() + Math.max(BACKGROUND_MS, STOP_SECONDS * 1000 * world.speed)
  for (const job of world.jobs.values()) {
    if (job.queueArn === queueArn && isActive(job)) end(world, job, { reason: 'JobQueue deleted', endsAt })
  }
}

/** Told twice, it keeps to the first time. */
function end (world: World, job: BatchJob, { reason, endsAt }: { reason: string, endsAt: number }): void {
  if (job.endsAt === undefined) world.putJob({ ...job, reason, endsAt })
}
