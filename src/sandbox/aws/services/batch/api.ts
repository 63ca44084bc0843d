import { ApiError } from '../../model/errors.ts'
import type { Call } from '../../model/types.ts'
import { COMPUTE_ENVIRONMENT, JOB_QUEUE } from './compute-environment.ts'
import { JOB_DEFINITION } from './job-definition.ts'
import { cancelJob, terminateJob } from './jobs.ts'
import { blocks, count, textProperty, texts, type Props } from '../../values.ts'
import { isVisible, type Item } from '../../world/item.ts'
import { statusOf, type BatchJob } from '../../world/job.ts'
import type { AwsApi } from '../../api/operation.ts'
import { pageOf } from '../../api/page.ts'

/** What faults know jobs by; it is no resource of the provider. */
const JOB = 'aws:batch/job:Job'

export const batchApi: AwsApi = {
  id: 'Batch',
  protocol: 'rest-json',
  operations: {
    DescribeComputeEnvironments: {
      on: 'read',
      type: COMPUTE_ENVIRONMENT,
      takes: ['computeEnvironments'],
      name: (input) => texts(input, 'computeEnvironments')[0] ?? '',
      run: (input, call) => ({
        computeEnvironments: named(call, COMPUTE_ENVIRONMENT, texts(input, 'computeEnvironments')).map(
          computeEnvironmentDetail
        )
      })
    },
    DescribeJobQueues: {
      on: 'read',
      type: JOB_QUEUE,
      takes: ['jobQueues'],
      name: (input) => texts(input, 'jobQueues')[0] ?? '',
      run: (input, call) => ({ jobQueues: named(call, JOB_QUEUE, texts(input, 'jobQueues')).map(queueDetail) })
    },
    DescribeJobDefinitions: {
      on: 'read',
      type: JOB_DEFINITION,
      takes: ['jobDefinitionName', 'jobDefinitions', 'status'],
      name: (input) => textProperty(input, 'jobDefinitionName'),
      run: describeJobDefinitions
    },
    UpdateJobQueue: {
      on: 'update',
      type: JOB_QUEUE,
      takes: ['jobQueue', 'state'],
      name: (input) => textProperty(input, 'jobQueue'),
      run: updateJobQueue
    },
    ListJobs: {
      on: 'read',
      type: JOB,
      takes: ['jobQueue', 'jobStatus', 'maxResults', 'nextToken'],
      name: (input) => textProperty(input, 'jobQueue'),
      run: listJobs
    },
    CancelJob: {
      on: 'delete',
      type: JOB,
      takes: ['jobId', 'reason'],
      name: (input) => textProperty(input, 'jobId'),
      run: (input, call) => ended(input, call, cancelJob)
    },
    TerminateJob: {
      on: 'delete',
      type: JOB,
      takes: ['jobId', 'reason'],
      name: (input) => textProperty(input, 'jobId'),
      run: (input, call) => ended(input, call, terminateJob)
    }
  }
}

/** Those of the names or ARNs that exist, in Batch's way: what does not exist is left out. All, where none is named. */
function named (call: Call, type: string, names: string[]): Item[] {
  return call.world
    .inRegion(type, call)
    .filter(
      (item) =>
        isVisible(item) &&
        (names.length === 0 || names.includes(item.name) || names.includes(textProperty(item.props, 'arn')))
    )
}

/** Batch shows a change that it is still carrying out as the resource's status. */
const STATUSES = { creating: 'CREATING', active: 'VALID', updating: 'UPDATING', deleting: 'DELETING' } as const

function computeEnvironmentDetail (item: Item): Props {
  const { props } = item
  return {
    computeEnvironmentName: item.name,
    computeEnvironmentArn: textProperty(props, 'arn'),
    state: textProperty(props, 'state'),
    status: item.status === 'active' ? textProperty(props, 'status') : STATUSES[item.status],
    statusReason: textProperty(props, 'statusReason'),
    type: textProperty(props, 'type'),
    tags: props['tagsAll'] ?? {}
  }
}

function queueDetail (item: Item): Props {
  const { props } = item
  return {
    jobQueueName: item.name,
    jobQueueArn: item.id,
    state: textProperty(props, 'state'),
    status: STATUSES[item.status],
    priority: count(props, 'priority') ?? 0,
    computeEnvironmentOrder: blocks(props, 'computeEnvironmentOrders'),
    tags: props['tagsAll'] ?? {}
  }
}

/** Deregistered revisions do not stay in the sandbox, so all it has are ACTIVE. */
function describeJobDefinitions (input: Props, call: Call): Props {
  const name = textProperty(input, 'jobDefinitionName')
  const arns = texts(input, 'jobDefinitions')
  if (!['', 'ACTIVE'].includes(textProperty(input, 'status'))) return { jobDefinitions: [] }
  const found = call.world
    .inRegion(JOB_DEFINITION, call)
    .filter(
      (item) =>
        isVisible(item) &&
        item.status !== 'deleting' &&
        (name === '' || item.name === name) &&
        (arns.length === 0 || arns.includes(item.id))
    )
  return {
    jobDefinitions: found.map((item) => ({
      jobDefinitionName: item.name,
      jobDefinitionArn: item.id,
      revision: count(item.props, 'revision') ?? 0,
      status: 'ACTIVE',
      type: textProperty(item.props, 'type'),
      tags: item.props['tagsAll'] ?? {}
    }))
  }
}

function queueOf (input: Props, call: Call): Item {
  const name = textProperty(input, 'jobQueue')
  const [found] = named(call, JOB_QUEUE, [name])
  if (!found || name === '') throw new ApiError('ClientException', `JobQueue ${name} not found.`)
  return found
}

function updateJobQueue (input: Props, call: Call): Props {
  const queue = queueOf(input, call)
  if (queue.status !== 'active') throw new ApiError('ClientException', 'Cannot update, resource is being modified.')
  const state = textProperty(input, 'state')
  if (!['ENABLED', 'DISABLED'].includes(state)) throw new ApiError('ClientException', `Invalid state: ${state}`)
  call.world.put({ ...queue, props: { ...queue.props, state } })
  return { jobQueueName: queue.name, jobQueueArn: queue.id }
}

function listJobs (input: Props, call: Call): Props {
  const queue = queueOf(input, call)
  const status = textProperty(input, 'jobStatus') || 'RUNNING'
  const jobs = [...call.world.jobs.values()].filter((job) => job.queueArn === queue.id && statusOf(job) === status)
  const { page, next } = pageOf(jobs, {
    size: count(input, 'maxResults') ?? 100,
    after: textProperty(input, 'nextToken'),
    keyOf: (job) => job.id
  })
  return { jobSummaryList: page.map(jobSummary), ...(next !== undefined && { nextToken: next }) }
}

function jobSummary (job: BatchJob): Props {
  return {
    jobId: job.id,
    jobName: job.name,
    jobArn: `${job.queueArn.split(':job-queue/')[0] ?? ''}:job/${job.id}`,
    status: statusOf(job),
    createdAt: job.createdAt,
    ...(job.reason !== undefined && { statusReason: job.reason })
  }
}

function ended (input: Props, call: Call, end: typeof cancelJob): Props {
  const [id, reason] = [textProperty(input, 'jobId'), textProperty(input, 'reason')]
  if (reason === '') throw new ApiError('ClientException', 'reason is required')
  const job = call.world.jobs.get(id)
  if (!job || job.account !== call.account || job.region !== call.region) {
    throw new ApiError('ClientException', `Job ${id} not found.`)
  }
  end(call.world, job, reason)
  return {}
}
