import { RunFailure, type KnownResource, type RunResults } from '../../engine/types.ts'
import { operationError } from '../../errors.ts'
import type { DeleteResult } from '../../schemas/operation.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { bucketsOf, queueArnsOf, retainedTypes } from '../../spec/environment-resources.ts'
import type { DeleteInput } from '../../store/tables.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import { awsTargetOf, runEngine, withDeadline } from './engine-run.ts'
import { JobQueues } from './job-queues.ts'
import { refuseLostState } from './lost-state.ts'
import { beforeChanges, note, type WorkItem } from './work-item.ts'

type Retained = DeleteResult['retained'][number]

/** What is deleted, and the policy by which it is. */
interface TearDown extends WorkItem<DeleteInput> {
  readonly resources: readonly KnownResource[]
  readonly jobQueues: JobQueues
  readonly deletion: Deletion
}

/** No more objects are counted: "1,000 objects or more" is as good a reason to refuse. */
const COUNTED_OBJECTS = 1_000
/** What still runs may write into a bucket that has just been emptied. */
const EMPTYINGS = 3

/**
 * Deletes the environment as its policy says, in the order Batch needs: queues disabled, jobs ended, then what the
 * state holds, in which queues go before their compute environments and roles last (reference: AWS Batch, "Deleting a
 * job queue"). What the policy refuses is found before anything is changed.
 */
export async function tearDown (item: WorkItem<DeleteInput>): Promise<WorkResult> {
  const { attempt: { context: { engine } }, environment, input } = item
  const { begun = false, deletion = environment.resolved.deletion, retaining = [] } = input
  const reading = engine.resources(environment.id)
  const resources = begun ? await reading : await beforeChanges(reading)
  const jobQueues = new JobQueues(item, queueArnsOf(resources))
  const task = { ...item, resources, jobQueues, deletion }
  // What an earlier attempt was allowed to begin is not asked for again.
  const kept = begun ? retaining : [...retaining, ...await beforeChanges(begin(task))]
  await jobQueues.endJobs('The environment is deleted')
  const { retained } = await destroy(task)
  const left = new Map([...kept, ...retained.map(toRetained)].map((each) => [each.urn, each]))
  return { work: 'delete', result: { retained: [...left.values()] } }
}

const toRetained = ({ urn, type, name, id }: KnownResource): Retained => ({ urn, resourceType: type, name, id })

/**
 * Refuses what the policy does not allow, then notes that the delete has begun and what it leaves in the account: an
 * attempt that fails after it takes that out of the state, where a later one would not find it.
 */
async function begin (task: TearDown): Promise<readonly Retained[]> {
  const { attempt, input: { retaining = [] }, resources, jobQueues, deletion } = task
  try {
    await refuseLostState(task, resources)
    if (deletion.bucket === 'refuse') await refuseObjects(task)
    if (deletion.jobs === 'refuse') await jobQueues.disableIdle()
  } catch (error) {
    await jobQueues.enableAgain()
    throw error
  }
  const types = retainedTypes(deletion)
  const kept = resources.filter(({ type }) => types.includes(type)).map(toRetained)
  await note(attempt, { begun: true, retaining: [...retaining, ...kept] })
  return kept
}

/** @throws RunFailure `bucket-not-empty` */
async function refuseObjects ({ attempt: { context: { awsCalls } }, environment, resources }: TearDown): Promise<void> {
  const target = awsTargetOf(environment)
  for (const { id, urn, type, name } of bucketsOf(resources)) {
    const count = (await awsCalls.countObjects(target, id, COUNTED_OBJECTS)) ?? 0
    if (count === 0) continue
    const number =
      count >= COUNTED_OBJECTS ? `${COUNTED_OBJECTS} objects or more` : `${count} object${count === 1 ? '' : 's'}`
    throw new RunFailure(
      operationError('bucket-not-empty', `The bucket ${id} holds ${number}.`, { resource: { urn, type, name } })
    )
  }
}

/** @throws RunFailure */
async function destroy (task: TearDown): Promise<RunResults['destroy']> {
  const { environment, deletion } = task
  for (let emptied = 1; ; emptied++) {
    if (deletion.bucket === 'empty') await emptyBuckets(task)
    try {
      return await runEngine(task, environment, { kind: 'destroy', retain: retainedTypes(deletion) })
    } catch (error) {
      if (!(error instanceof RunFailure) || error.error.code !== 'bucket-not-empty') throw error
      if (deletion.bucket !== 'empty' || emptied === EMPTYINGS) {
        throw new RunFailure({ ...error.error, situation: 'written-during-delete' }, { cause: error })
      }
    }
  }
}

async function emptyBuckets ({ attempt, environment, recorder, resources }: TearDown): Promise<void> {
  const { awsCalls } = attempt.context
  for (const { id } of bucketsOf(resources)) {
    const objects = await withDeadline(attempt, `emptying the bucket ${id}`, async (signal) =>
      awsCalls.emptyBucket(awsTargetOf(environment), id, signal)
    )
    if (objects === 0) continue
    const message = `${objects} object${objects === 1 ? '' : 's'} deleted from the bucket ${id}`
    recorder.add({ type: 'diagnostic', severity: 'info', message })
  }
}
