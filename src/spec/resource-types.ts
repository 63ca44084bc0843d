/** The provider's types of the resources that an environment's program declares. */
export const RESOURCE_TYPES = {
  computeEnvironment: 'aws:batch/computeEnvironment:ComputeEnvironment',
  jobQueue: 'aws:batch/jobQueue:JobQueue',
  jobDefinition: 'aws:batch/jobDefinition:JobDefinition',
  cluster: 'aws:ecs/cluster:Cluster',
  clusterCapacityProviders: 'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders',
  service: 'aws:ecs/service:Service',
  taskDefinition: 'aws:ecs/taskDefinition:TaskDefinition',
  role: 'aws:iam/role:Role',
  rolePolicy: 'aws:iam/rolePolicy:RolePolicy',
  bucket: 'aws:s3/bucket:Bucket',
  bucketLifecycle: 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
  bucketOwnership: 'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
  bucketPolicy: 'aws:s3/bucketPolicy:BucketPolicy',
  bucketPublicAccess: 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
  bucketEncryption: 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  logGroup: 'aws:cloudwatch/logGroup:LogGroup',
  securityGroup: 'aws:ec2/securityGroup:SecurityGroup',
  egressRule: 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule'
} as const
export type ResourceType = typeof RESOURCE_TYPES[keyof typeof RESOURCE_TYPES]

/**
 * The package of the provider of all these types. Its default provider is disabled: a resource that names no provider
 * would be created with whatever credentials the service has.
 */
export const PROVIDER_PACKAGE = 'aws'

/**
 * Types whose update registers a new revision, with an ARN of its own, beside the revision that the state knows. An
 * update that was interrupted may have registered one already.
 */
export const REVISIONED_TYPES: ReadonlySet<string> = new Set([RESOURCE_TYPES.jobDefinition])
