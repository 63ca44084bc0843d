import { ApiError } from '../../model/errors.ts'
import { regionField } from '../../model/define.ts'
import { findRole } from '../iam/lookups.ts'
import {
  anArn,
  between,
  blockField,
  countField,
  jsonField,
  listField,
  isOneOf,
  tagsFields,
  textField
} from '../../model/fields.ts'
import type { Call, CheckFailure, AwsResourceType } from '../../model/types.ts'
import { block, canonical, count, isProps, parseJson, textProperty, texts, type Props } from '../../values.ts'
import type { Item } from '../../world/item.ts'
import { ecsName } from './cluster.ts'
import { isFargateSize } from './fargate-sizes.ts'
import { trusts } from '../iam/policy-document.ts'

export const TASK_DEFINITION = 'aws:ecs/taskDefinition:TaskDefinition'

const replaced = { forceNew: true } as const

export const taskDefinition: AwsResourceType = {
  token: TASK_DEFINITION,
  label: 'ECS Task Definition',
  service: 'ECS',
  calls: {
    create: 'RegisterTaskDefinition',
    read: 'DescribeTaskDefinition',
    update: 'TagResource',
    delete: 'DeregisterTaskDefinition'
  },
  fields: {
    ...regionField,
    ...tagsFields,
    family: textField({ required: true, ...replaced, rule: ecsName }),
    containerDefinitions: jsonField({ required: true, ...replaced }),
    cpu: textField(replaced),
    memory: textField(replaced),
    networkMode: textField({ ...replaced, computed: true, rule: isOneOf('bridge', 'host', 'awsvpc', 'none') }),
    requiresCompatibilities: listField(textField({ rule: isOneOf('EC2', 'FARGATE', 'EXTERNAL') }), {
      ...replaced,
      unordered: true
    }),
    executionRoleArn: textField({ ...replaced, rule: anArn }),
    taskRoleArn: textField({ ...replaced, rule: anArn }),
    runtimePlatform: blockField(
      {
        operatingSystemFamily: textField(replaced),
        cpuArchitecture: textField({ ...replaced, rule: isOneOf('X86_64', 'ARM64') })
      },
      replaced
    ),
    ephemeralStorage: blockField(
      { sizeInGib: countField({ required: true, ...replaced, rule: between(21, 200) }) },
      replaced
    )
  },
  unsupported: [
    'enableFaultInjection',
    'ipcMode',
    'pidMode',
    'placementConstraints',
    'proxyConfiguration',
    'skipDestroy',
    'trackLatest',
    'volumes'
  ],
  computed: ['arn', 'arnWithoutRevision', 'revision'],
  nameField: 'family',
  seconds: { create: 2, update: 1, delete: 1 },
  check: checkTaskDefinition,
  validate: (inputs, call, item) => {
    if (!item) validateTaskDefinition(inputs, call)
  },
  draft: (inputs, call) => {
    const family = textProperty(inputs, 'family')
    const revision = call.world.next(`task-definition|${call.account}|${call.region}|${family}`)
    const arnWithoutRevision = call.arn('ecs', `task-definition/${family}`)
    const arn = `${arnWithoutRevision}:${revision}`
    return {
      id: family,
      name: family,
      identity: arn,
      props: {
        arn,
        arnWithoutRevision,
        revision,
        networkMode: textProperty(inputs, 'networkMode') || 'bridge',
        enableFaultInjection: false,
        skipDestroy: false,
        trackLatest: false,
        containerDefinitions: canonical(parseJson(textProperty(inputs, 'containerDefinitions')))
      }
    }
  },
  identityOf: (id, props) => textProperty(props, 'arn') || id
}

/** The revision an argument names: by ARN, `family:revision`, or `family` for the newest. */
export function findTaskDefinition (call: Call, named: string): Item | undefined {
  const active = call.world.inRegion(TASK_DEFINITION, call).filter((item) => item.status !== 'deleting')
  return active.findLast((item) => {
    const arn = textProperty(item.props, 'arn')
    return arn === named || arn.split('/')[1] === named || item.name === named
  })
}

function checkTaskDefinition (inputs: Props): CheckFailure[] {
  const failures: CheckFailure[] = []
  if (!Array.isArray(parseJson(textProperty(inputs, 'containerDefinitions')))) {
    failures.push({
      path: 'containerDefinitions',
      reason:
        'ECS Task Definition container_definitions is invalid: Error decoding JSON: json: cannot unmarshal into Go ' +
        'value of type []awstypes.ContainerDefinition'
    })
  }
  return failures
}

const refuse = (message: string): never => { throw new ApiError('ClientException', message) }

function validateTaskDefinition (inputs: Props, call: Call): void {
  const parsed = parseJson(textProperty(inputs, 'containerDefinitions'))
  const containers = Array.isArray(parsed) ? parsed.filter(isProps) : []
  if (containers.length === 0) refuse('At least one container definition is required.')
  for (const container of containers) checkContainer(container, inputs)
  for (const key of ['executionRoleArn', 'taskRoleArn']) checkRole(textProperty(inputs, key), call)
  if (texts(inputs, 'requiresCompatibilities').includes('FARGATE')) validateFargateTask(inputs, containers)
}

function checkContainer (container: Props, inputs: Props): void {
  const name = textProperty(container, 'name')
  if (!/^[0-9A-Za-z_-]{1,255}$/.test(name)) refuse(`Container name '${name}' is not valid.`)
  if (textProperty(container, 'image') === '') refuse('Container.image should not be null or empty.')
  const memory = count(container, 'memory')
  const total = Number(textProperty(inputs, 'memory'))
  if (memory !== undefined && total > 0 && memory > total) {
    refuse(`Invalid setting for container '${name}'. The 'memory' setting for container is greater than for the task.`)
  }
  const cpu = count(container, 'cpu')
  const units = Number(textProperty(inputs, 'cpu'))
  if (cpu !== undefined && units > 0 && cpu > units) {
    refuse(`Invalid setting for container '${name}'. The 'cpu' setting for container is greater than for the task.`)
  }
}

/** ECS looks the roles of a task definition up: they must exist and let ecs-tasks assume them. */
function checkRole (arn: string, call: Call): void {
  if (arn === '') return
  const role = findRole(call, arn)
  if (!role || !trusts(role.props, 'ecs-tasks.amazonaws.com')) refuse('Role is not valid')
}

function validateFargateTask (inputs: Props, containers: Props[]): void {
  const cpu = textProperty(inputs, 'cpu')
  const memory = textProperty(inputs, 'memory')
  if (textProperty(inputs, 'networkMode') !== 'awsvpc') refuse("Fargate only supports network mode 'awsvpc'.")
  if (cpu === '') refuse("Fargate requires that 'cpu' be defined at the task level.")
  if (memory === '') refuse("Fargate requires that 'memory' be defined at the task level.")
  if (!isFargateSize(Number(cpu), Number(memory))) {
    refuse(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. ` +
        'See the Amazon ECS documentation for the valid values.'
    )
  }
  const logs = containers.some(
    (container) => textProperty(block(container, 'logConfiguration'), 'logDriver') === 'awslogs'
  )
  if (logs && textProperty(inputs, 'executionRoleArn') === '') {
    refuse('Fargate requires task definition to have execution role ARN to support log driver awslogs.')
  }
}
