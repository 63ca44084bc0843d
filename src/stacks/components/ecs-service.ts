import { Cluster } from '@pulumi/aws/ecs/cluster.js'
import { ClusterCapacityProviders } from '@pulumi/aws/ecs/clusterCapacityProviders.js'
import { Service } from '@pulumi/aws/ecs/service.js'
import { TaskDefinition } from '@pulumi/aws/ecs/taskDefinition.js'
import * as pulumi from '@pulumi/pulumi'
import type { ResolvedSpec } from '../../schemas/spec.ts'
import { serviceContainers } from '../containers.ts'
import type { CloudNames } from '../../spec/cloud-names.ts'
import type { LogGroupComponent } from './logs.ts'
import type { NetworkComponent } from './network.ts'
import type { RolesComponent } from './roles.ts'
import type { StorageComponent } from './storage.ts'

interface EcsServiceArgs {
  readonly spec: Pick<ResolvedSpec, 'service' | 'region' | 'network'>
  readonly names: Pick<CloudNames, 'cluster' | 'taskFamily' | 'service'>
  readonly network: NetworkComponent
  readonly roles: RolesComponent
  readonly logs: LogGroupComponent
  readonly storage: StorageComponent
}

/** What the service is declared after. */
interface ServiceResources {
  readonly cluster: Cluster
  readonly task: TaskDefinition
  readonly capacity: pulumi.Resource
}

/** Jobs can be tried again and use Spot; a service's tasks are kept. A weight is needed: the API's own default is 0. */
const STRATEGY = [{ capacityProvider: 'FARGATE', weight: 1 }]

/** The ECS cluster and the service in it. Batch does not use this cluster: a compute environment makes its own. */
export class EcsServiceComponent extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>
  readonly clusterArn: pulumi.Output<string>
  readonly serviceName: pulumi.Output<string>
  readonly taskDefinitionArn: pulumi.Output<string>

  constructor (name: string, args: EcsServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super('batchyard:environment:Service', name, {}, opts)
    const cluster = new Cluster('cluster', { name: args.names.cluster }, { parent: this })
    const capacity = new ClusterCapacityProviders(
      'capacity',
      {
        clusterName: cluster.name,
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategies: STRATEGY
      },
      { parent: this }
    )
    const task = this.#task(args)
    const service = this.#service(args, { cluster, task, capacity })
    this.clusterName = cluster.name
    this.clusterArn = cluster.arn
    this.serviceName = service.name
    this.taskDefinitionArn = task.arn
    this.registerOutputs()
  }

  #task ({ spec, names, roles, logs, storage }: EcsServiceArgs): TaskDefinition {
    const references = {
      executionRoleArn: roles.executionRoleArn,
      jobRoleArn: roles.jobRoleArn,
      logGroupName: logs.groupName,
      bucketName: storage.bucketName
    }
    return new TaskDefinition(
      'task',
      {
        family: names.taskFamily,
        cpu: String(spec.service.cpu),
        memory: String(spec.service.memoryMiB),
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        executionRoleArn: roles.executionRoleArn,
        taskRoleArn: roles.jobRoleArn,
        runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' },
        containerDefinitions: pulumi.jsonStringify(
          serviceContainers(spec.service, { references, region: spec.region, streamPrefix: 'service' })
        )
      },
      { parent: this }
    )
  }

  #service (
    { spec, names, network, roles }: EcsServiceArgs,
    { cluster, task, capacity }: ServiceResources
  ): Service {
    return new Service(
      names.service,
      {
        cluster: cluster.arn,
        taskDefinition: task.arn,
        desiredCount: spec.service.desiredCount,
        // On the service although the cluster has a default, and never with a launch type: a service that leans on the
        // default is replaced again and again. A change of it needs a new deployment, or it replaces the service.
        capacityProviderStrategies: STRATEGY,
        forceNewDeployment: true,
        networkConfiguration: {
          subnets: network.subnetIds,
          securityGroups: network.securityGroupIds,
          assignPublicIp: spec.network.assignPublicIp
        },
        deploymentCircuitBreaker: { enable: true, rollback: true },
        propagateTags: 'SERVICE',
        enableEcsManagedTags: true,
        // A bad image would make it a wait of 20 minutes; the circuit breaker says it sooner.
        waitForSteadyState: false
      },
      {
        parent: this,
        // The capacity providers must outlive the service, and its tasks need rights and a way out from the first
        // moment.
        dependsOn: [capacity, ...roles.policies, ...network.ready]
      }
    )
  }
}
