import type { ResourceType } from '../model/types.ts'
import { computeEnvironment } from './batch-compute.ts'
import { jobDefinition } from './batch-job.ts'
import { jobQueue } from './batch-queue.ts'
import { securityGroup, securityGroupEgressRule } from './ec2.ts'
import { cluster, clusterCapacityProviders } from './ecs-cluster.ts'
import { service } from './ecs-service.ts'
import { taskDefinition } from './ecs-task.ts'
import { role, rolePolicy } from './iam.ts'
import { logGroup } from './logs.ts'
import { bucket } from './s3-bucket.ts'
import { bucketEncryption, bucketLifecycle, bucketOwnershipControls, bucketPolicy, bucketPublicAccessBlock } from './s3-side.ts'

/** Every resource type the sandbox simulates, by token. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map([
  computeEnvironment, jobQueue, jobDefinition,
  cluster, clusterCapacityProviders, taskDefinition, service,
  role, rolePolicy,
  bucket, bucketOwnershipControls, bucketPublicAccessBlock, bucketEncryption, bucketPolicy, bucketLifecycle,
  securityGroup, securityGroupEgressRule, logGroup
].map((type) => [type.token, type]))
