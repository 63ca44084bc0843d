import type * as pulumi from '@pulumi/pulumi'
import { ecrRepository, type EcrRepository } from '../spec/image.ts'
import { cloudNames, queueResource } from '../spec/cloud-names.ts'
import { partitionOf } from '../spec/regions.ts'
import { ComputeEnvironmentComponent } from './components/compute.ts'
import { JobDefinitionComponent } from './components/job-definition.ts'
import { LogGroupComponent } from './components/logs.ts'
import { NetworkComponent } from './components/network.ts'
import { createProvider } from './components/provider.ts'
import { JobQueueComponent } from './components/queue.ts'
import { RolesComponent } from './components/roles.ts'
import { EcsServiceComponent } from './components/ecs-service.ts'
import { StorageComponent } from './components/storage.ts'
import type { EnvironmentInput } from './input.ts'
import { resolveNetwork, type ResolvedNetwork } from './lookups.ts'
import { outputsOf, type ProgramOutputs } from './outputs.ts'
import type { ArnScope } from './policies.ts'
import { ProgramError } from './program-error.ts'
import { tagsOf } from './tags.ts'

function arnScopeOf (region: string, accountId: string): ArnScope {
  const partition = partitionOf(region)
  if (partition === undefined) throw new ProgramError('cloud-rejected', `AWS has no region ${region}`)
  return { partition, region, accountId }
}

/** The private repositories the environment pulls from, each once. */
function repositoriesOf ({ spec }: EnvironmentInput): EcrRepository[] {
  const images = [...Object.values(spec.jobs).map((job) => job.image), spec.service.image]
  const found = images.map(ecrRepository).filter((repository) => repository !== undefined)
  return [...new Map(found.map((repository) => [repository.name, repository])).values()]
}

function forEach<T, R> (
  entries: Readonly<Record<string, T>>,
  create: (name: string, entry: T) => R
): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, create(name, entry)]))
}

function declare (
  input: EnvironmentInput,
  resolved: ResolvedNetwork,
  opts: pulumi.ComponentResourceOptions
): ProgramOutputs {
  const { spec } = input
  const names = cloudNames(input)
  const arnScope = arnScopeOf(spec.region, resolved.accountId)
  const network = new NetworkComponent('network', { resolved, securityGroupName: names.securityGroup }, opts)
  const logs = new LogGroupComponent('logs', { name: names.logGroup, retentionDays: spec.logs.retentionDays }, opts)
  const storage = new StorageComponent('storage', { bucketName: names.bucket }, opts)
  const roles = new RolesComponent('roles', {
    arnScope,
    executionRoleName: names.executionRole,
    jobRoleName: names.jobRole,
    logGroupArn: logs.groupArn,
    bucketArn: storage.bucketArn,
    repositories: repositoriesOf(input)
  }, opts)
  const service = new EcsServiceComponent('service', { spec, names, network, roles, logs, storage }, opts)
  const compute = forEach(spec.compute, (name, entry) => new ComputeEnvironmentComponent(`compute-${name}`, {
    compute: entry, logicalName: names.compute(name), network
  }, opts))
  const computeArns = Object.values(compute).map(({ arn }) => arn)
  const queues = forEach(spec.queues, (name, entry) =>
    new JobQueueComponent(queueResource(name), { queue: entry, cloudName: names.queue(name), computeArns }, opts))
  const { region, network: { assignPublicIp } } = spec
  const jobs = forEach(spec.jobs, (name, entry) => new JobDefinitionComponent(`job-${name}`, {
    job: entry, cloudName: names.job(name), streamPrefix: `job-${name}`, region, assignPublicIp, roles, logs, storage
  }, opts))
  return outputsOf({ spec, arnScope, network, logs, storage, roles, service, compute, queues, jobs })
}

/**
 * The inline program of one environment. Look-ups are awaited before the first resource is declared, so that a
 * ProgramError (no default VPC, subnets of two VPCs, …) leaves nothing in the cloud. Resolves to the outputs.
 */
export async function program (input: EnvironmentInput): Promise<ProgramOutputs> {
  const { spec, placement } = input
  const provider = createProvider({
    region: spec.region,
    placement,
    roleSession: cloudNames(input).roleSession,
    tags: tagsOf(input),
    driftIgnore: spec.driftIgnore
  })
  const resolved = await resolveNetwork(spec, provider)
  return declare(input, resolved, { provider })
}
