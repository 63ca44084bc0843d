import { RunFailure, type KnownResource } from '../../engine/types.ts'
import type { DeleteResult } from '../../schemas/operation.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { setBegun } from '../../store/attempts.ts'
import { breakOff } from '../attempt.ts'
import { operationError } from '../present.ts'
import { beforehand, type Done, type Job } from './done.ts'
import { required, runEngine, siteOf } from './engine-run.ts'
import { BUCKET, LOG_GROUP, idsOf, queueArnsOf } from './resources.ts'

type Retained = DeleteResult['retained'][number]

/** More are not counted: "more than 1,000" is as good a reason to refuse. */
const COUNTED_OBJECTS = 1_000

/**
 * Deletes the environment as its policy says, in the order Batch needs: queues disabled, jobs ended, then what the state
 * holds, in which queues go before their compute environments and roles last (reference: AWS Batch, "Deleting a job queue").
 * What the policy refuses is found before anything is touched.
 */
export async function tearDown (job: Job): Promise<Done> {
  const { attempt } = job
  const environment = required(job.environment)
  const { begun = false, deletion = environment.resolved.deletion, retaining = [] } = attempt.operation.input
  const reading = attempt.context.engine.resources(environment.id)
  const resources = begun ? await reading : await beforehand(reading)
  // What an earlier attempt was allowed to begin is not asked for again.
  const keeping = begun ? retaining : await beforehand(begin(job, deletion, resources))
  await endJobs(job, resources)
  if (deletion.bucket === 'empty') await emptyBuckets(job, resources)
  const { retained } = await runEngine(job, environment, { kind: 'destroy', retain: retainedTypes(deletion) })
  const left = [...keeping, ...retained.map(shown)]
  return { result: { retained: [...new Map(left.map(each => [each.urn, each])).values()] } }
}

const shown = ({ urn, type, name, id }: KnownResource): Retained => ({ urn, resourceType: type, name, id })

function retainedTypes ({ bucket, logs }: Deletion): string[] {
  return [...(bucket === 'retain' ? [BUCKET] : []), ...(logs === 'retain' ? [LOG_GROUP] : [])]
}

/** Asks the policy, then notes that it has allowed the delete, and what it leaves: an attempt that is broken off takes that out of the state. */
async function begin (job: Job, deletion: Deletion, resources: readonly KnownResource[]): Promise<readonly Retained[]> {
  const { context: { database }, fence, control } = job.attempt
  await refuseLosses(job, deletion, resources)
  const types = retainedTypes(deletion)
  const retaining = resources.filter(({ type }) => types.includes(type)).map(shown)
  if (await setBegun(database.db, fence, retaining)) return retaining
  breakOff(control, 'lost')
  throw new Error('another worker has taken the operation over')
}

/** @throws RunFailure `bucket-not-empty`, `jobs-running` */
async function refuseLosses (job: Job, deletion: Deletion, resources: readonly KnownResource[]): Promise<void> {
  const { context: { aws } } = job.attempt
  const site = siteOf(required(job.environment))
  if (deletion.bucket === 'refuse') {
    for (const { id, urn, type, name } of resources.filter(({ type }) => type === BUCKET)) {
      const count = await aws.countObjects(site, id, COUNTED_OBJECTS) ?? 0
      const number = count >= COUNTED_OBJECTS ? `${COUNTED_OBJECTS} objects or more` : `${count} object${count === 1 ? '' : 's'}`
      if (count > 0) throw new RunFailure({ ...operationError('bucket-not-empty', `The bucket ${id} holds ${number}.`), resource: { urn, type, name } })
    }
  }
  if (deletion.jobs === 'refuse') await closeQueues(job, queueArnsOf(resources))
}

/**
 * Stops the queues taking jobs if they have none; counts once more then, as a job may have slipped in between.
 * @throws RunFailure `jobs-running`; the queues take jobs as before
 */
async function closeQueues (job: Job, queues: readonly string[]): Promise<void> {
  const { context: { aws }, control: { signal } } = job.attempt
  const site = siteOf(required(job.environment))
  const refuseActive = async (): Promise<void> => {
    const { count, running } = await aws.activeJobs(site, queues)
    const verb = count === 1 ? 'job is' : 'jobs are'
    if (count > 0) throw new RunFailure(operationError('jobs-running', `${count} ${verb} not over, ${running} of them running.`))
  }
  await refuseActive()
  await aws.setQueues(site, queues, 'DISABLED', signal)
  try {
    await refuseActive()
  } catch (error) {
    await aws.setQueues(site, queues, 'ENABLED', signal)
    throw error
  }
}

async function endJobs ({ attempt, environment, recorder }: Job, resources: readonly KnownResource[]): Promise<void> {
  const queues = queueArnsOf(resources)
  if (queues.length === 0) return
  const { context: { aws }, control: { signal } } = attempt
  const ended = await aws.drain(siteOf(required(environment)), queues, { reason: 'The environment is deleted', signal })
  if (ended > 0) recorder.add({ type: 'diagnostic', severity: 'info', message: `${ended} job${ended === 1 ? '' : 's'} ended` })
}

async function emptyBuckets ({ attempt, environment, recorder }: Job, resources: readonly KnownResource[]): Promise<void> {
  const { context: { aws }, control: { signal } } = attempt
  for (const bucket of idsOf(resources, BUCKET)) {
    const objects = await aws.emptyBucket(siteOf(required(environment)), bucket, signal)
    if (objects > 0) recorder.add({ type: 'diagnostic', severity: 'info', message: `${objects} object${objects === 1 ? '' : 's'} deleted from the bucket ${bucket}` })
  }
}
