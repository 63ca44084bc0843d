import type { AwsApi } from '../api/operation.ts'
import type { AwsService } from '../model/service.ts'
import type { ProviderFunction, AwsResourceType } from '../model/types.ts'
import type { AccountRegion } from '../world/item.ts'
import type { World } from '../world/world.ts'
import { batchApi } from './batch/api.ts'
import { computeEnvironment } from './batch/compute-environment.ts'
import { jobDefinition } from './batch/job-definition.ts'
import { jobQueue } from './batch/job-queue.ts'
import { ec2Api } from './ec2/api.ts'
import { ec2Functions } from './ec2/functions.ts'
import { seedDefaultVpc } from './ec2/networks.ts'
import { securityGroup, securityGroupEgressRule } from './ec2/security-group.ts'
import { subnet } from './ec2/subnet.ts'
import { vpc } from './ec2/vpc.ts'
import { ecsApi } from './ecs/api.ts'
import { cluster, clusterCapacityProviders } from './ecs/cluster.ts'
import { ecsService } from './ecs/service.ts'
import { taskDefinition } from './ecs/task-definition.ts'
import { iamApi } from './iam/api.ts'
import { role, rolePolicy } from './iam/role.ts'
import { logsApi } from './logs/api.ts'
import { logGroup } from './logs/log-group.ts'
import { metaFunctions } from './meta/functions.ts'
import { s3Api } from './s3/api.ts'
import { bucket } from './s3/bucket.ts'
import {
  bucketEncryption,
  bucketLifecycle,
  bucketOwnershipControls,
  bucketPolicy,
  bucketPublicAccessBlock
} from './s3/bucket-settings.ts'
import { stsApi } from './sts/api.ts'
import { stsFunctions } from './sts/functions.ts'
import { taggingApi } from './tagging/api.ts'

/** Every service the sandbox simulates, by the name that requests to it are signed for. */
const services: Readonly<Record<string, AwsService>> = {
  batch: { types: [computeEnvironment, jobQueue, jobDefinition], api: batchApi },
  ecs: { types: [cluster, clusterCapacityProviders, taskDefinition, ecsService], api: ecsApi },
  iam: { types: [role, rolePolicy], api: iamApi },
  s3: {
    types: [
      bucket,
      bucketOwnershipControls,
      bucketPublicAccessBlock,
      bucketEncryption,
      bucketPolicy,
      bucketLifecycle
    ],
    api: s3Api
  },
  ec2: {
    types: [vpc, subnet, securityGroup, securityGroupEgressRule],
    functions: ec2Functions,
    api: ec2Api,
    seed: seedDefaultVpc
  },
  logs: { types: [logGroup], api: logsApi },
  sts: { functions: stsFunctions, api: stsApi },
  tagging: { api: taggingApi },
  meta: { functions: metaFunctions }
}

/** Every resource type, by token. */
export const resourceTypes: ReadonlyMap<string, AwsResourceType> = new Map(
  Object.values(services).flatMap(({ types = [] }) => types).map((type) => [type.token, type])
)

/** Every function of the provider, by token. */
export const providerFunctions: ReadonlyMap<string, ProviderFunction> = new Map(
  Object.values(services).flatMap(({ functions = [] }) => functions).map((each) => [each.token, each])
)

/** The HTTP API of the service that a request is signed for. */
export const apiOf = (signedFor: string): AwsApi | undefined => services[signedFor]?.api

/** Puts what AWS gives every account into one that is used for the first time in a region. */
export function seedAccount (world: World, where: AccountRegion): void {
  for (const { seed } of Object.values(services)) seed?.(world, where)
}
