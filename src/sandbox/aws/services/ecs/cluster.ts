import { ApiError } from '../../model/errors.ts'
import { findIn, regionField } from '../../model/define.ts'
import {
  between,
  blockField,
  countField,
  listField,
  matching,
  isOneOf,
  tagsFields,
  textField
} from '../../model/fields.ts'
import type { Call, AwsResourceType } from '../../model/types.ts'
import { blocks, count, textProperty, texts, type Props } from '../../values.ts'
import type { Item } from '../../world/item.ts'

export const CLUSTER = 'aws:ecs/cluster:Cluster'
export const CLUSTER_CAPACITY_PROVIDERS = 'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders'
export const SERVICE = 'aws:ecs/service:Service'

export const ecsName = matching(/^[0-9A-Za-z_-]{1,255}$/,
  'must be up to 255 letters (uppercase and lowercase), numbers, underscores and hyphens')

/** The strategy of a cluster and of a service has the same shape. */
export const strategyField = listField(blockField({
  capacityProvider: textField({ required: true }),
  weight: countField({ rule: between(0, 1000) }),
  base: countField({ rule: between(0, 100_000) })
}), { unordered: true })

export const cluster: AwsResourceType = {
  token: CLUSTER,
  label: 'ECS Cluster',
  service: 'ECS',
  calls: { create: 'CreateCluster', read: 'DescribeClusters', update: 'UpdateCluster', delete: 'DeleteCluster' },
  fields: {
    ...regionField,
    ...tagsFields,
    name: textField({ forceNew: true, computed: true, rule: ecsName }),
    settings: listField(blockField({
      name: textField({ required: true, rule: isOneOf('containerInsights') }),
      value: textField({ required: true, rule: isOneOf('enhanced', 'enabled', 'disabled') })
    }), { computed: true, unordered: true })
  },
  unsupported: ['configuration', 'serviceConnectDefaults'],
  computed: ['arn'],
  autoName: { field: 'name', max: 255 },
  seconds: { create: 10, update: 2, delete: 5 },
  draft: (inputs, call) => {
    const name = textProperty(inputs, 'name')
    const arn = call.arn('ecs', `cluster/${name}`)
    return {
      id: arn,
      name,
      props: { arn, settings: inputs['settings'] ?? [{ name: 'containerInsights', value: 'disabled' }] }
    }
  },
  createIsUpsert: true,
  refuseDelete: (item, call) => {
    const arn = textProperty(item.props, 'arn')
    if (call.world.inRegion(SERVICE, call).some((service) => clusterOf(call, service.props)?.id === arn)) {
      throw new ApiError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.')
    }
  },
  removed: (item, world) => {
    for (const link of world.inRegion(CLUSTER_CAPACITY_PROVIDERS, item)) {
      if (link.name === item.name) world.drop(link.key)
    }
  }
}

/** The cluster an argument names, by name or ARN; ECS means the cluster called `default` when there is none. */
export function clusterOf (call: Call, props: Props, key = 'cluster'): Item | undefined {
  const named = textProperty(props, key) || 'default'
  return findIn(call, CLUSTER, (found, item) => item.name === named || textProperty(found, 'arn') === named)
}

export function requireCluster (call: Call, props: Props, key = 'cluster'): Item {
  const found = clusterOf(call, props, key)
  if (!found || found.status === 'deleting') throw new ApiError('ClusterNotFoundException', 'Cluster not found.')
  return found
}

export const clusterCapacityProviders: AwsResourceType = {
  token: CLUSTER_CAPACITY_PROVIDERS,
  label: 'ECS Cluster Capacity Providers',
  service: 'ECS',
  calls: {
    create: 'PutClusterCapacityProviders',
    read: 'DescribeClusters',
    update: 'PutClusterCapacityProviders',
    delete: 'PutClusterCapacityProviders'
  },
  fields: {
    ...regionField,
    clusterName: textField({ required: true, forceNew: true, rule: ecsName }),
    capacityProviders: listField(textField(), { unordered: true }),
    defaultCapacityProviderStrategies: strategyField
  },
  nameField: 'clusterName',
  unsupported: [],
  computed: [],
  seconds: { create: 3, update: 3, delete: 10 },
  validate: (inputs, call) => {
    requireCluster(call, inputs, 'clusterName')
    const providers = texts(inputs, 'capacityProviders')
    for (const provider of providers) requireFargateProvider(provider)
    checkStrategy(blocks(inputs, 'defaultCapacityProviderStrategies'), providers)
  },
  draft: (inputs) => ({
    id: textProperty(inputs, 'clusterName'),
    name: textProperty(inputs, 'clusterName'),
    props: {}
  }),
  // PutClusterCapacityProviders replaces what was there: a second declaration takes the first one over.
  createIsUpsert: true,
  refuseDelete: (item, call) => {
    const used = call.world
      .inRegion(SERVICE, call)
      .some(
        (service) =>
          clusterOf(call, service.props)?.name === item.name &&
          blocks(service.props, 'capacityProviderStrategies').length > 0
      )
    if (used) {
      throw new ApiError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.')
    }
  }
}

function requireFargateProvider (provider: string): void {
  if (provider !== 'FARGATE' && provider !== 'FARGATE_SPOT') throw unknownProvider(provider)
}

function unknownProvider (provider: string): ApiError {
  return new ApiError('InvalidParameterException',
    `The specified capacity provider '${provider}' was not found. Specify a valid name or ARN and try again.`)
}

/** ECS's rules for a strategy: known providers, one base at most, a weight above 0 somewhere. */
export function checkStrategy (strategy: Props[], associated: string[]): void {
  if (strategy.length === 0) return
  for (const entry of strategy) {
    const provider = textProperty(entry, 'capacityProvider')
    if (!associated.includes(provider)) throw unknownProvider(provider)
  }
  if (strategy.filter((entry) => (count(entry, 'base') ?? 0) > 0).length > 1) {
    throw new ApiError(
      'InvalidParameterException',
      'Only one capacity provider in a capacity provider strategy can have a base defined.'
    )
  }
  if (!strategy.some((entry) => (count(entry, 'weight') ?? 0) > 0)) {
    throw new ApiError(
      'InvalidParameterException',
      'There are no capacity providers with a weight value greater than zero.'
    )
  }
}
