import { RunFailure, type KnownResource, type RunResults } from '../../engine/types.ts'
import type { DeleteResult } from '../../schemas/operation.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { bucketsOf, queueArnsOf, retainedTypes } from '../../spec/environment-resources.ts'
import { operationError } from '../../errors.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import { beforeChanges, note, type WorkItem } from './work-item.ts'
import { required, runEngine, awsTargetOf, withDeadline } from './engine-run.ts'
import { JobQueues } from './job-queues.ts'
import { refuseLostState } from './lost-state.ts'

type Retained = DeleteResult['retained'][number]

/** More are not counted: "more than 1,000" is as good a reason to refuse. */
const COUNTED_OBJECTS = 1_000
/** What still runs may write into a bucket that has just been emptied. */
const EMPTYINGS = 3

/**
 * Deletes the environment as its policy says, in the order Batch needs: queues disabled, jobs ended, then what the state
 * holds, in which queues go before their compute environments and roles last (reference: AWS Batch, "Deleting a job queue").
 * What the policy refuses is found before anything is touched.
 */
export async function tearDown (item: WorkItem): Promise<WorkResult> {
  const { attempt: { context, operation: { input } } } = item
  const environment = required(item.environment)
  const { begun = false, deletion = environment.resolved.deletion, retaining = [] } = input
  const reading = context.engine.resources(environment.id)
  const resources = begun ? await reading : await beforeChanges(reading)
  const jobQueues = new JobQueues(item, queueArnsOf(resources))
  // What an earlier attempt was allowed to begin is not asked for again.
  const keeping = begun ? retaining : [...retaining, ...await beforeChanges(begin(item, jobQueues, deletion, resources))]
  await jobQueues.endJobs('The environment is deleted')
  const { retained } = await destroy(item, deletion, resources)
  const left = [...keeping, ...retained.map(shown)]
  return { result: { retained: [...new Map(left.map((each) => [each.urn, each])).values()] } }
}

const shown = ({ urn, type, name, id }: KnownResource): Retained => ({ urn, resourceType: type, name, id })

/** Asks the policy, then notes that it has allowed the delete, and what it leaves: an attempt that is broken off takes that out of the state. */
async function begin (
  item: WorkItem,
  jobQueues: JobQueues,
  deletion: Deletion,
  resources: readonly KnownResource[]
): Promise<readonly Retained[]> {
  const { retaining = [] } = item.attempt.operation.input
  try {
    await refuseLostState(item, resources)
    if (deletion.bucket === 'refuse') await refuseObjects(item, resources)
    if (deletion.jobs === 'refuse') await jobQueues.disableIdle()
  } catch (error) {
    await jobQueues.enableAgain()
    throw error
  }
  const types = retainedTypes(deletion)
  const kept = resources.filter(({ type }) => types.includes(type)).map(shown)
  await note(item.attempt, { begun: true, retaining: [...retaining, ...kept] })
  return kept
}

/** @throws RunFailure `bucket-not-empty` */
async function refuseObjects (
  {
    attempt: {
      context: { aws }
    },
    environment
  }: WorkItem,
  resources: readonly KnownResource[]
): Promise<void> {
  const target = awsTargetOf(required(environment))
  for (const { id, urn, type, name } of bucketsOf(resources)) {
    const count = (await aws.countObjects(target, id, COUNTED_OBJECTS)) ?? 0
    const number =
      count >= COUNTED_OBJECTS ? `${COUNTED_OBJECTS} objects or more` : `${count} object${count === 1 ? '' : 's'}`
    if (count > 0) {
      throw new RunFailure(
        operationError('bucket-not-empty', `The bucket ${id} holds ${number}.`, { resource: { urn, type, name } })
      )
    }
  }
}

/** @throws RunFailure */
async function destroy (
  item: WorkItem,
  deletion: Deletion,
  resources: readonly KnownResource[]
): Promise<RunResults['destroy']> {
  for (let emptied = 1; ; emptied++) {
    if (deletion.bucket === 'empty') await emptyBuckets(item, resources)
    try {
      return await runEngine(item, required(item.environment), { kind: 'destroy', retain: retainedTypes(deletion) })
    } catch (error) {
      if (!(error instanceof RunFailure) || error.error.code !== 'bucket-not-empty') throw error
      if (deletion.bucket !== 'empty' || emptied === EMPTYINGS) {
        throw new RunFailure({ ...error.error, situation: 'written-during-delete' }, { cause: error })
      }
    }
  }
}

async function emptyBuckets (
  { attempt, environment, recorder }: WorkItem,
  resources: readonly KnownResource[]
): Promise<void> {
  const {
    context: { aws }
  } = attempt
  for (const { id } of bucketsOf(resources)) {
    const objects = await withDeadline(attempt, `emptying the bucket ${id}`, async (signal) =>
      aws.emptyBucket(awsTargetOf(required(environment)), id, signal)
    )
    if (objects > 0) {
      recorder.add({
        type: 'diagnostic',
        severity: 'info',
        message: `${objects} object${objects === 1 ? '' : 's'} deleted from the bucket ${id}`
      })
    }
  }
}
