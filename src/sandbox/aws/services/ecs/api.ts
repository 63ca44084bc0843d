import { ApiError } from '../../model/errors.ts'
import type { Call } from '../../model/types.ts'
import { CLUSTER, clusterOf, SERVICE } from './cluster.ts'
import { findTaskDefinition, TASK_DEFINITION } from './task-definition.ts'
import { count, textProperty, texts, type Props } from '../../values.ts'
import { isVisible, type Item } from '../../world/item.ts'
import type { AwsApi } from '../../api/operation.ts'

export const ecsApi: AwsApi = {
  id: 'ECS',
  protocol: 'json',
  operations: {
    DescribeClusters: {
      on: 'read',
      type: CLUSTER,
      takes: ['clusters'],
      name: (input) => texts(input, 'clusters')[0] ?? '',
      run: (input, call) => ({
        clusters: named(call, CLUSTER, texts(input, 'clusters')).map((item) => ({
          clusterName: item.name,
          clusterArn: item.id,
          status: CLUSTER_STATUSES[item.status]
        }))
      })
    },
    DescribeServices: {
      on: 'read',
      type: SERVICE,
      takes: ['cluster', 'services'],
      name: (input) => texts(input, 'services')[0] ?? '',
      run: describeServices
    },
    ListTaskDefinitions: {
      on: 'read',
      type: TASK_DEFINITION,
      takes: ['familyPrefix', 'status', 'sort', 'maxResults'],
      name: (input) => textProperty(input, 'familyPrefix'),
      run: listTaskDefinitions
    },
    DescribeTaskDefinition: {
      on: 'read',
      type: TASK_DEFINITION,
      takes: ['taskDefinition'],
      name: (input) => textProperty(input, 'taskDefinition'),
      run: describeTaskDefinition
    }
  }
}

const CLUSTER_STATUSES = {
  creating: 'PROVISIONING',
  active: 'ACTIVE',
  updating: 'ACTIVE',
  deleting: 'DEPROVISIONING'
} as const

function named (call: Call, type: string, names: string[]): Item[] {
  return call.world
    .inRegion(type, call)
    .filter((item) => isVisible(item) && (names.includes(item.name) || names.includes(item.id)))
}

function describeServices (input: Props, call: Call): Props {
  const home = clusterOf(call, input)
  if (!home) throw new ApiError('ClusterNotFoundException', 'Cluster not found.')
  const found = named(call, SERVICE, texts(input, 'services')).filter(
    (item) => textProperty(item.props, 'cluster') === home.id
  )
  return {
    services: found.map((item) => ({
      serviceName: item.name,
      serviceArn: item.id,
      clusterArn: home.id,
      status: item.status === 'deleting' ? 'DRAINING' : 'ACTIVE'
    })),
    failures: []
  }
}

/** Deregistered revisions do not stay in the sandbox, so all it has are ACTIVE. */
function listTaskDefinitions (input: Props, call: Call): Props {
  const family = textProperty(input, 'familyPrefix')
  const active = ['', 'ACTIVE'].includes(textProperty(input, 'status'))
  const found = call.world
    .inRegion(TASK_DEFINITION, call)
    .filter(
      (item) => active && isVisible(item) && item.status !== 'deleting' && (family === '' || item.name === family)
    )
  const arns = found.map((item) => textProperty(item.props, 'arn'))
  const sorted = textProperty(input, 'sort') === 'DESC' ? arns.toReversed() : arns
  return { taskDefinitionArns: sorted.slice(0, count(input, 'maxResults') ?? 100) }
}

function describeTaskDefinition (input: Props, call: Call): Props {
  const found = findTaskDefinition(call, textProperty(input, 'taskDefinition'))
  if (!found) throw new ApiError('ClientException', 'Unable to describe task definition.')
  return {
    taskDefinition: {
      taskDefinitionArn: textProperty(found.props, 'arn'),
      family: found.name,
      revision: count(found.props, 'revision') ?? 0,
      status: 'ACTIVE'
    }
  }
}
