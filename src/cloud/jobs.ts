import type { Batch, JobQueueDetail, JobStatus } from '@aws-sdk/client-batch'
import type { ActiveJobs, QueueChange } from './types.ts'
import { forEach, until } from './waiting.ts'

/**
 * Jobs that have no container yet are cancelled; Batch takes that as done and does nothing for the others, which are
 * terminated.
 */
const ACTIVE = {
  SUBMITTED: 'cancelJob', PENDING: 'cancelJob', RUNNABLE: 'cancelJob', STARTING: 'terminateJob', RUNNING: 'terminateJob'
} as const satisfies Partial<Record<JobStatus, string>>
type ActiveStatus = keyof typeof ACTIVE

interface BatchJob { readonly id: string, readonly status: ActiveStatus }

/** DescribeJobQueues takes at most so many. */
const QUEUES_AT_ONCE = 100

async function existing (
  batch: Batch,
  queueArns: readonly string[],
  abortSignal?: AbortSignal
): Promise<JobQueueDetail[]> {
  const found: JobQueueDetail[] = []
  for (let from = 0; from < queueArns.length; from += QUEUES_AT_ONCE) {
    const { jobQueues = [] } = await batch.describeJobQueues(
      { jobQueues: queueArns.slice(from, from + QUEUES_AT_ONCE) },
      { ...(abortSignal && { abortSignal }) }
    )
    found.push(...jobQueues.filter(({ status }) => status !== 'DELETED'))
  }
  return found
}

/** The jobs of these queues that are not over, all pages. */
async function listActive (batch: Batch, queueArns: readonly string[], abortSignal?: AbortSignal): Promise<BatchJob[]> {
  const jobs: BatchJob[] = []
  const queues = await existing(batch, queueArns, abortSignal)
  const lists = queues.flatMap(({ jobQueueArn }) =>
    (Object.keys(ACTIVE) as ActiveStatus[]).map((status) => ({ jobQueue: jobQueueArn, status }))
  )
  await forEach(lists, async ({ jobQueue, status }) => {
    let nextToken: string | undefined
    do {
      const page = await batch.listJobs(
        { jobQueue, jobStatus: status, nextToken },
        { ...(abortSignal && { abortSignal }) }
      )
      for (const { jobId } of page.jobSummaryList ?? []) if (jobId !== undefined) jobs.push({ id: jobId, status })
      nextToken = page.nextToken
    } while (nextToken !== undefined)
  })
  return jobs
}

/** A job that moved on between two of the lists is counted once. */
export async function countActive (batch: Batch, queueArns: readonly string[]): Promise<ActiveJobs> {
  const jobs = new Map((await listActive(batch, queueArns)).map(({ id, status }) => [id, status]))
  return { count: jobs.size, running: [...jobs.values()].filter((status) => status === 'RUNNING').length }
}

/** Lets queues take jobs, or stops them; resolves once Batch has taken the change. */
export async function setQueues (batch: Batch, queueArns: readonly string[], change: QueueChange): Promise<void> {
  await forEach(queueArns, async (queueArn) => setQueue(batch, queueArn, change))
}

/** Batch refuses a change while another one is in progress, so its end is waited for. */
async function setQueue (batch: Batch, queueArn: string, { state, signal: abortSignal }: QueueChange): Promise<void> {
  await until(abortSignal, async () => {
    const [queue] = await existing(batch, [queueArn], abortSignal)
    if (queue === undefined || queue.status === 'DELETING') return true
    if (queue.status === 'CREATING' || queue.status === 'UPDATING') return undefined
    if (queue.state !== state) await batch.updateJobQueue({ jobQueue: queueArn, state }, { abortSignal })
    return true
  })
}

interface Drain { readonly reason: string, readonly signal: AbortSignal }

/**
 * Disables the queues and ends their jobs; resolves, with their number, once none is active. Rejects with AbortError
 * when aborted.
 */
export async function drainQueues (
  batch: Batch,
  queueArns: readonly string[],
  { reason, signal }: Drain
): Promise<number> {
  await setQueues(batch, queueArns, { state: 'DISABLED', signal })
  const asked = new Map<string, 'cancelJob' | 'terminateJob'>()
  return until(signal, async () => {
    const jobs = await listActive(batch, queueArns, signal)
    // A cancelled job may have got its container meanwhile: then it needs the other call.
    await forEach(
      jobs.filter(({ id, status }) => asked.get(id) !== ACTIVE[status]),
      async ({ id, status }) => {
        await batch[ACTIVE[status]]({ jobId: id, reason }, { abortSignal: signal })
        asked.set(id, ACTIVE[status])
      }
    )
    return jobs.length === 0 ? asked.size : undefined
  })
}
