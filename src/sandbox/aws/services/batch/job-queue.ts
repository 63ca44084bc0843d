import { ApiError } from '../../model/errors.ts'
import { regionField } from '../../model/define.ts'
import {
  anArn,
  between,
  blockField,
  countField,
  listField,
  isOneOf,
  tagsFields,
  textField
} from '../../model/fields.ts'
import type { Call, AwsResourceType } from '../../model/types.ts'
import { textProperty, type Props } from '../../values.ts'
import { isVisible, type Item } from '../../world/item.ts'
import { BATCH_QUOTA, batchName, busyError, COMPUTE_ENVIRONMENT, JOB_QUEUE, ordersOf } from './compute-environment.ts'
import { abandonJobs } from './jobs.ts'

export const jobQueue: AwsResourceType = {
  token: JOB_QUEUE,
  label: 'Batch Job Queue',
  service: 'Batch',
  calls: { create: 'CreateJobQueue', read: 'DescribeJobQueues', update: 'UpdateJobQueue', delete: 'DeleteJobQueue' },
  framework: true,
  fields: {
    ...regionField,
    ...tagsFields,
    name: textField({ forceNew: true, computed: true, rule: batchName }),
    priority: countField({ required: true }),
    state: textField({ required: true, rule: isOneOf('ENABLED', 'DISABLED') }),
    computeEnvironmentOrders: listField(blockField({
      order: countField({ required: true }),
      computeEnvironment: textField({ required: true, rule: anArn })
    })),
    jobStateTimeLimitActions: listField(blockField({
      action: textField({ required: true, rule: isOneOf('CANCEL') }),
      maxTimeSeconds: countField({ required: true, rule: between(600, 86_400) }),
      reason: textField({ required: true }),
      state: textField({ required: true, rule: isOneOf('RUNNABLE') })
    })),
    timeouts: blockField({ create: textField(), update: textField(), delete: textField() })
  },
  unsupported: ['schedulingPolicyArn'],
  computed: ['arn'],
  autoName: { field: 'name', max: 128 },
  seconds: { create: 30, update: 30, delete: 60 },
  validate: validateQueue,
  draft: (inputs, call) => {
    const name = textProperty(inputs, 'name')
    const arn = call.arn('batch', `job-queue/${name}`)
    return { id: arn, name, props: { arn } }
  },
  conflictError: () => new ApiError('ClientException', 'Object already exists'),
  busyError,
  removed: (item, world) => { abandonJobs(world, item.id) }
}

function validateQueue (inputs: Props, call: Call, item?: Item): void {
  if (!item && call.world.inRegion(JOB_QUEUE, call).length >= BATCH_QUOTA) {
    throw new ApiError('ClientException', `Limit exceeded: account ${call.account} already has the maximum of ` +
      `${BATCH_QUOTA} job queues in ${call.region}`)
  }
  const priority = Number(inputs['priority'])
  if (!Number.isInteger(priority) || priority < 0) {
    throw new ApiError('ClientException', 'Priority must be an integer of 0 or more')
  }
  const arns = ordersOf(inputs)
  if (arns.length < 1 || arns.length > 3) {
    throw new ApiError('ClientException', 'computeEnvironmentOrder must have between 1 and 3 compute environments')
  }
  for (const arn of arns) requireValid(call, arn)
}

function requireValid (call: Call, arn: string): void {
  const found = call.world
    .inRegion(COMPUTE_ENVIRONMENT, call)
    .find((each) => isVisible(each) && textProperty(each.props, 'arn') === arn)
  if (!found) throw new ApiError('ClientException', `${arn} does not exist`)
  const status = textProperty(found.props, 'status')
  if (status !== 'VALID') {
    throw new ApiError('ClientException', `ComputeEnvironment ${arn} is not VALID, its status is ${status}`)
  }
}
