import type { ResourceType } from '../model/types.ts'
import { computeEnvironment } from './batch/compute-environment.ts'
import { jobDefinition } from './batch/job-definition.ts'
import { jobQueue } from './batch/job-queue.ts'
import { securityGroup, securityGroupEgressRule } from './ec2/security-group.ts'
import { cluster, clusterCapacityProviders } from './ecs/cluster.ts'
import { service } from './ecs/service.ts'
import { taskDefinition } from './ecs/task-definition.ts'
import { role, rolePolicy } from './iam/role.ts'
import { logGroup } from './logs/log-group.ts'
import { bucket } from './s3/bucket.ts'
import {
  bucketEncryption,
  bucketLifecycle,
  bucketOwnershipControls,
  bucketPolicy,
  bucketPublicAccessBlock
} from './s3/bucket-settings.ts'

/** Every resource type the sandbox simulates, by token. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map([
  computeEnvironment, jobQueue, jobDefinition,
  cluster, clusterCapacityProviders, taskDefinition, service,
  role, rolePolicy,
  bucket, bucketOwnershipControls, bucketPublicAccessBlock, bucketEncryption, bucketPolicy, bucketLifecycle,
  securityGroup, securityGroupEgressRule, logGroup
].map((type) => [type.token, type]))
