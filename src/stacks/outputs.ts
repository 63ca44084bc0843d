import type * as pulumi from '@pulumi/pulumi'
import type { Outputs } from '../schemas/environment.ts'
import type { ResolvedSpec } from '../schemas/spec.ts'
import { mainEntry } from '../schemas/spec-fields/declare.ts'
import type { ComputeEnvironmentComponent } from './components/compute.ts'
import type { JobDefinitionComponent } from './components/job-definition.ts'
import type { LogGroupComponent } from './components/logs.ts'
import type { NetworkComponent } from './components/network.ts'
import type { JobQueueComponent } from './components/queue.ts'
import type { RolesComponent } from './components/roles.ts'
import type { EcsServiceComponent } from './components/ecs-service.ts'
import type { StorageComponent } from './components/storage.ts'
import type { ArnScope } from './policies.ts'

type Values = Record<string, pulumi.Input<unknown>>

/** What the stack answers, by snake_case name: docs/outputs.md. */
export type ProgramOutputs = Values & Record<keyof Outputs, pulumi.Input<unknown>>

/** The parts of an environment, once declared. */
export interface Parts {
  readonly spec: ResolvedSpec
  readonly arnScope: ArnScope
  readonly network: NetworkComponent
  readonly logs: LogGroupComponent
  readonly storage: StorageComponent
  readonly roles: RolesComponent
  readonly service: EcsServiceComponent
  readonly compute: Readonly<Record<string, ComputeEnvironmentComponent>>
  readonly queues: Readonly<Record<string, JobQueueComponent>>
  readonly jobs: Readonly<Record<string, JobDefinitionComponent>>
}

function eachEntry<T> (
  entries: Readonly<Record<string, T>>,
  outputs: (entry: T, name: string) => Values
): Record<string, Values> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, outputs(entry, name)]))
}

function maps ({ spec, compute, queues, jobs }: Parts): Values {
  return {
    queues: eachEntry(queues, (queue, name) => ({
      name: queue.name,
      arn: queue.arn,
      priority: spec.queues[name]?.priority
    })),
    jobs: eachEntry(jobs, (job) => ({
      definition_name: job.name,
      definition_arn: job.arn,
      definition_arn_prefix: job.arnPrefix,
      definition_revision: job.revision
    })),
    compute: eachEntry(compute, (environment, name) => ({
      name: environment.name,
      arn: environment.arn,
      ecs_cluster_arn: environment.ecsClusterArn,
      type: spec.compute[name]?.type
    }))
  }
}

/** The contract's three first, the other flat ones, then the maps by name of entry. */
export function outputsOf (parts: Parts): ProgramOutputs {
  const { arnScope, network, logs, storage, roles, service } = parts
  const [, queue] = mainEntry(parts.queues)
  const [, job] = mainEntry(parts.jobs)
  const [, compute] = mainEntry(parts.compute)
  return {
    ecs_cluster_name: service.clusterName,
    job_queue_name: queue.name,
    job_definition_arn: job.arn,
    job_queue_arn: queue.arn,
    job_definition_name: job.name,
    job_definition_arn_prefix: job.arnPrefix,
    job_definition_revision: job.revision,
    compute_environment_name: compute.name,
    compute_environment_arn: compute.arn,
    batch_ecs_cluster_arn: compute.ecsClusterArn,
    ecs_cluster_arn: service.clusterArn,
    ecs_service_name: service.serviceName,
    task_definition_arn: service.taskDefinitionArn,
    bucket_name: storage.bucketName,
    bucket_arn: storage.bucketArn,
    log_group_names: [logs.groupName],
    execution_role_arn: roles.executionRoleArn,
    job_role_arn: roles.jobRoleArn,
    security_group_ids: network.securityGroupIds,
    subnet_ids: network.subnetIds,
    vpc_id: network.vpcId,
    region: arnScope.region,
    account_id: arnScope.accountId,
    ...maps(parts)
  }
}
