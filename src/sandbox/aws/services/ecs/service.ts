import { ApiError } from '../../model/errors.ts'
import { findIn, regionField } from '../../model/define.ts'
import {
  between,
  blockField,
  countField,
  flagField,
  listField,
  isOneOf,
  tagsFields,
  textField
} from '../../model/fields.ts'
import type { Call, AwsResourceType } from '../../model/types.ts'
import { block, blocks, canonical, flag, isEmpty, textProperty, texts, type Props, type Value } from '../../values.ts'
import { requireSecurityGroups, requireSubnets } from '../ec2/lookups.ts'
import {
  checkStrategy,
  CLUSTER_CAPACITY_PROVIDERS,
  ecsName,
  requireCluster,
  SERVICE,
  strategyField
} from './cluster.ts'
import { findTaskDefinition } from './task-definition.ts'
import type { Item } from '../../world/item.ts'

const invalid = (message: string): ApiError => new ApiError('InvalidParameterException', message)

export const ecsService: AwsResourceType = {
  token: SERVICE,
  label: 'ECS Service',
  service: 'ECS',
  calls: { create: 'CreateService', read: 'DescribeServices', update: 'UpdateService', delete: 'DeleteService' },
  fields: {
    ...regionField,
    ...tagsFields,
    name: textField({ forceNew: true, computed: true, rule: ecsName }),
    cluster: textField({ forceNew: true, computed: true }),
    taskDefinition: textField({ required: true }),
    desiredCount: countField({ default: 0 }),
    launchType: textField({ forceNew: true, computed: true, rule: isOneOf('FARGATE', 'EC2', 'EXTERNAL') }),
    capacityProviderStrategies: strategyField,
    networkConfiguration: blockField({
      subnets: listField(textField(), { required: true, unordered: true, max: 16 }),
      securityGroups: listField(textField(), { unordered: true, max: 5 }),
      assignPublicIp: flagField({ default: false })
    }),
    deploymentCircuitBreaker: blockField({
      enable: flagField({ required: true }),
      rollback: flagField({ required: true })
    }),
    deploymentMaximumPercent: countField({ default: 200 }),
    deploymentMinimumHealthyPercent: countField({ default: 100, rule: between(0, 100) }),
    enableEcsManagedTags: flagField(),
    enableExecuteCommand: flagField(),
    forceDelete: flagField(),
    forceNewDeployment: flagField(),
    platformVersion: textField({ computed: true }),
    propagateTags: textField({ rule: isOneOf('SERVICE', 'TASK_DEFINITION', 'NONE') }),
    schedulingStrategy: textField({ default: 'REPLICA', forceNew: true, rule: isOneOf('REPLICA', 'DAEMON') }),
    waitForSteadyState: flagField({ default: false }),
    availabilityZoneRebalancing: textField({ computed: true, rule: isOneOf('ENABLED', 'DISABLED') })
  },
  unsupported: [
    'alarms',
    'deploymentConfiguration',
    'deploymentController',
    'healthCheckGracePeriodSeconds',
    'iamRole',
    'loadBalancers',
    'orderedPlacementStrategies',
    'placementConstraints',
    'serviceConnectConfiguration',
    'serviceRegistries',
    'sigintRollback',
    'triggers',
    'volumeConfiguration',
    'vpcLatticeConfigurations'
  ],
  computed: ['arn', 'iamRole'],
  autoName: { field: 'name', max: 255 },
  seconds: { create: 3, update: 3, delete: 8 },
  validate: validateService,
  draft: (inputs, call) => {
    const name = textProperty(inputs, 'name')
    const home = requireCluster(call, inputs)
    const arn = call.arn('ecs', `service/${home.name}/${name}`)
    return {
      id: arn,
      name,
      props: {
        arn,
        cluster: home.id,
        iamRole: '/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
        launchType: launchTypeOf(inputs),
        platformVersion: textProperty(inputs, 'platformVersion') || 'LATEST',
        availabilityZoneRebalancing: textProperty(inputs, 'availabilityZoneRebalancing') || 'DISABLED'
      }
    }
  },
  conflictError: (_draft, holder) =>
    invalid(
      holder.status === 'deleting'
        ? 'Unable to Start a service that is still Draining.'
        : 'Creation of service was not idempotent.'
    ),
  replaces: (olds, news) => {
    const before = blocks(olds, 'capacityProviderStrategies')
    const after = blocks(news, 'capacityProviderStrategies')
    const same = sorted(before) === sorted(after)
    const movable = flag(news, 'forceNewDeployment') && before.length > 0 && after.length > 0
    return same || movable ? [] : ['capacityProviderStrategies']
  }
}

function sorted (strategy: Value[]): string {
  return strategy.map(canonical).toSorted().join()
}

function launchTypeOf (inputs: Props): string {
  if (blocks(inputs, 'capacityProviderStrategies').length > 0) return ''
  return textProperty(inputs, 'launchType') || 'EC2'
}

function validateService (inputs: Props, call: Call, item?: Item): void {
  const home = requireCluster(call, inputs)
  const strategy = blocks(inputs, 'capacityProviderStrategies')
  if (!item && strategy.length > 0 && !isEmpty(inputs['launchType'])) {
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.'
    )
  }
  const associated = findIn(call, CLUSTER_CAPACITY_PROVIDERS, (_props, link) => link.name === home.name)
  checkStrategy(strategy, texts(associated?.props, 'capacityProviders'))
  const task = findTaskDefinition(call, textProperty(inputs, 'taskDefinition'))
  if (!task) throw new ApiError('ClientException', 'TaskDefinition not found.')
  const count = Number(inputs['desiredCount'] ?? 0)
  if (!Number.isInteger(count) || count < 0) throw invalid('desiredCount must be an integer of 0 or more.')
  validateNetwork(inputs, call, textProperty(task.props, 'networkMode'))
}

function validateNetwork (inputs: Props, call: Call, mode: string): void {
  const network = block(inputs, 'networkConfiguration')
  if (mode === 'awsvpc' && !network) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  }
  if (mode !== 'awsvpc' && network) {
    throw invalid('Network Configuration is not valid for the given networkMode of this task definition.')
  }
  if (!network) return
  const wrapped = (what: string, ids: string[]) => (code: string, message: string) =>
    invalid(`Error retrieving ${what} information for [${ids.join(', ')}]: ${message} (ErrorCode: ${code})`)
  const subnets = texts(network, 'subnets')
  const groups = texts(network, 'securityGroups')
  if (subnets.length === 0) throw invalid('subnets can not be empty.')
  requireSubnets(call, subnets, wrapped('subnet', subnets))
  requireSecurityGroups(call, groups, wrapped('security group', groups))
}
