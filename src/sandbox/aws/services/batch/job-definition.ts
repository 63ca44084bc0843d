import { ApiError } from '../../model/errors.ts'
import { regionField } from '../../model/define.ts'
import {
  atLeast,
  between,
  blockField,
  countField,
  flagField,
  jsonField,
  lengthBetween,
  listField,
  matching,
  isOneOf,
  tagsFields,
  textField,
  textMapField
} from '../../model/fields.ts'
import type { Call, Draft, CheckFailure, AwsResourceType } from '../../model/types.ts'
import {
  block,
  blocks,
  canonical,
  flag,
  isEmpty,
  isProps,
  parseJson,
  textProperty,
  texts,
  type Props
} from '../../values.ts'
import { keyOf, type Item } from '../../world/item.ts'
import { batchError, batchName, busyError } from './compute-environment.ts'
import { isFargateSize } from '../ecs/fargate-sizes.ts'

export const JOB_DEFINITION = 'aws:batch/jobDefinition:JobDefinition'

const reason = matching(/^[0-9A-Za-z.:\s]*\*?$/,
  'must contain letters, numbers, periods, colons, and white space, and can optionally end with an asterisk')
const exitCode = matching(/^\d*\*?$/, 'must contain only numbers, and can optionally end with an asterisk')

export const jobDefinition: AwsResourceType = {
  token: JOB_DEFINITION,
  label: 'Batch Job Definition',
  service: 'Batch',
  calls: {
    create: 'RegisterJobDefinition',
    read: 'DescribeJobDefinitions',
    update: 'RegisterJobDefinition',
    delete: 'DeregisterJobDefinition'
  },
  fields: {
    ...regionField,
    ...tagsFields,
    name: textField({ forceNew: true, computed: true, rule: batchName }),
    type: textField({ required: true, rule: isOneOf('container', 'multinode') }),
    containerProperties: jsonField(),
    platformCapabilities: listField(textField({ rule: isOneOf('EC2', 'FARGATE') }), { unordered: true }),
    retryStrategy: blockField({
      attempts: countField({ rule: between(1, 10) }),
      evaluateOnExits: listField(
        blockField({
          action: textField({ required: true, rule: isOneOf('RETRY', 'EXIT', 'retry', 'exit') }),
          onReason: textField({ rule: reason }),
          onStatusReason: textField({ rule: reason }),
          onExitCode: textField({ rule: exitCode })
        }),
        { max: 5 }
      )
    }),
    timeout: blockField({ attemptDurationSeconds: countField({ rule: atLeast(60) }) }),
    parameters: textMapField(),
    propagateTags: flagField(),
    deregisterOnNewRevision: flagField({ default: true }),
    schedulingPriority: countField({ rule: between(0, 9999) })
  },
  unsupported: ['ecsProperties', 'eksProperties', 'nodeProperties'],
  computed: ['arn', 'arnPrefix', 'revision'],
  autoName: { field: 'name', max: 128 },
  seconds: { create: 2, update: 2, delete: 1 },
  check: checkJobDefinition,
  validate: (inputs, call) => validateContainer(inputs, call),
  draft: (inputs, call) => draftRevision(inputs, call),
  update: registerRevision,
  busyError,
  identityOf: (id, props) => textProperty(props, 'arn') || id,
  replaces: (olds, news) => (rulesOf(olds) === rulesOf(news) ? [] : ['retryStrategy']),
  // Deleting deregisters every active revision of the name, whoever registered it.
  removed: (item, world) => {
    for (const other of world.inRegion(JOB_DEFINITION, item)) if (other.name === item.name) world.drop(other.key)
  }
}

function rulesOf (props: Props): number {
  return blocks(block(props, 'retryStrategy'), 'evaluateOnExits').length
}

function draftRevision (inputs: Props, call: Call): Draft {
  const name = textProperty(inputs, 'name')
  const revision = call.world.next(`job-definition|${call.account}|${call.region}|${name}`)
  const arnPrefix = call.arn('batch', `job-definition/${name}`)
  const arn = `${arnPrefix}:${revision}`
  return {
    id: arn,
    name,
    props: {
      arn,
      arnPrefix,
      revision,
      containerProperties: canonical(parseJson(textProperty(inputs, 'containerProperties')))
    }
  }
}

/** Any change registers a new revision; the old one is deregistered unless it is to be kept. */
function registerRevision (item: Item, inputs: Props, call: Call): Item {
  const draft = draftRevision(inputs, call)
  const next: Item = {
    ...item,
    key: keyOf(JOB_DEFINITION, item, draft.id),
    id: draft.id,
    createdAt: call.now,
    props: { ...inputs, ...draft.props }
  }
  // The new one first: whatever happens in between, the name keeps an active revision.
  call.world.put(next)
  if (inputs['deregisterOnNewRevision'] !== false) call.world.drop(item.key)
  return next
}

function checkJobDefinition (inputs: Props): CheckFailure[] {
  const failures: CheckFailure[] = []
  if (textProperty(inputs, 'type') === 'multinode') {
    failures.push({ path: 'type', reason: 'the sandbox does not simulate multinode job definitions' })
  }
  const source = textProperty(inputs, 'containerProperties')
  if (source === '') {
    failures.push({
      path: 'containerProperties',
      reason:
        'no container properties given: one of containerProperties, ecsProperties, eksProperties, nodeProperties ' +
        'must be specified'
    })
  } else if (!isProps(parseJson(source))) {
    failures.push({
      path: 'containerProperties',
      reason: 'AWS Batch Job container_properties is invalid: Error decoding JSON'
    })
  }
  const retry = block(inputs, 'retryStrategy')
  if (retry && isEmpty(retry['attempts']) && blocks(retry, 'evaluateOnExits').length > 0) {
    failures.push({ path: 'retryStrategy.attempts', reason: 'attempts must be specified when evaluateOnExits is used' })
  }
  return failures
}

function validateContainer (inputs: Props, call: Call): void {
  const container = parseJson(textProperty(inputs, 'containerProperties'))
  if (!isProps(container)) throw batchError('containerProperties must be an object.')
  if (textProperty(container, 'image') === '') throw batchError('Container properties must have an image.')
  const wrongLength = lengthBetween(1, 255)(textProperty(container, 'image'))
  if (wrongLength !== undefined || /\s/.test(textProperty(container, 'image'))) {
    throw batchError(`Image ${textProperty(container, 'image')} is not valid.`)
  }
  if (canonical(container).length > 24 * 1024) throw batchError('Job definition size must not exceed 24 KiB.')
  for (const variable of blocks(container, 'environment')) {
    if (textProperty(variable, 'name').startsWith('AWS_BATCH')) {
      throw batchError('Environment variable names cannot start with AWS_BATCH.')
    }
  }
  if (texts(inputs, 'platformCapabilities').includes('FARGATE')) validateFargate(container, call)
  else validateEc2(container)
}

function validateFargate (container: Props, call: Call): void {
  if (!isEmpty(container['vcpus']) || !isEmpty(container['memory'])) {
    throw batchError('vcpus and memory are not supported for Fargate, use resourceRequirements.')
  }
  const vcpu = requirement(container, 'VCPU')
  const memory = requirement(container, 'MEMORY')
  if (vcpu === undefined) throw batchError('vCPU is not provided.')
  if (memory === undefined) throw batchError('Memory is not provided.')
  if (!isFargateSize(Number(vcpu) * 1024, Number(memory))) {
    throw batchError(`Fargate resource requirements (${Number(vcpu).toFixed(2)} vCPU, ${memory} MiB) not valid.`)
  }
  if (requirement(container, 'GPU') !== undefined) throw batchError('GPU is not supported for Fargate.')
  if (textProperty(container, 'executionRoleArn') === '') {
    throw batchError('EXECUTION_ROLE is required for Fargate jobs.')
  }
  if (flag(container, 'privileged')) throw batchError('privileged is not applicable for Fargate.')
  for (const key of ['ulimits', 'instanceType']) {
    if (!isEmpty(container[key])) throw batchError(`${key} is not applicable for Fargate.`)
  }
  const driver = textProperty(block(container, 'logConfiguration'), 'logDriver')
  if (driver !== '' && driver !== 'awslogs' && driver !== 'splunk') {
    throw batchError(`Log driver ${driver} is not supported for Fargate.`)
  }
  const size = block(container, 'ephemeralStorage')?.['sizeInGiB']
  if (size !== undefined && !(Number(size) >= 21 && Number(size) <= 200)) {
    throw batchError('ephemeralStorage sizeInGiB must be between 21 and 200.')
  }
  refuseForeignRoles(container, call)
}

/** When a definition is registered only the form of role ARNs is checked; jobs fail later if the role is missing. */
function refuseForeignRoles (container: Props, call: Call): void {
  for (const key of ['executionRoleArn', 'jobRoleArn']) {
    const arn = textProperty(container, key)
    if (arn !== '' && !/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(arn)) {
      throw batchError(`${key} ${arn} is not a valid role ARN.`)
    }
    if (arn !== '' && arn.split(':')[4] !== call.account) {
      throw new ApiError('ClientException', `Cross-account pass role is not allowed: ${arn}`)
    }
  }
}

function validateEc2 (container: Props): void {
  for (const key of ['networkConfiguration', 'fargatePlatformConfiguration']) {
    if (!isEmpty(container[key])) throw batchError(`${key} is only applicable for Fargate.`)
  }
}

/** AWS wants the value as a string; a number is refused as it is by the JSON decoder of the provider. */
function requirement (container: Props, type: string): string | undefined {
  const value = blocks(container, 'resourceRequirements').find((entry) => textProperty(entry, 'type') === type)?.[
    'value'
  ]
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw batchError(`resourceRequirements value of ${type} must be a string.`)
  return value
}
