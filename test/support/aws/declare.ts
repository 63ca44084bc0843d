import type { Props } from '../../../src/sandbox/aws/values.ts'
import type { Created, TestProvider } from './provider.ts'

export const CLUSTER = 'aws:ecs/cluster:Cluster'
export const CAPACITY = 'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders'
export const TASK = 'aws:ecs/taskDefinition:TaskDefinition'
export const SERVICE = 'aws:ecs/service:Service'
export const ROLE = 'aws:iam/role:Role'
export const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy'
export const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'
export const QUEUE = 'aws:batch/jobQueue:JobQueue'
export const JOB = 'aws:batch/jobDefinition:JobDefinition'
export const BUCKET = 'aws:s3/bucket:Bucket'
export const VPC = 'aws:ec2/vpc:Vpc'
export const SUBNET = 'aws:ec2/subnet:Subnet'
export const GROUP = 'aws:ec2/securityGroup:SecurityGroup'
export const EGRESS = 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule'
export const LOGS = 'aws:cloudwatch/logGroup:LogGroup'

export const trust = (service: string): string => JSON.stringify({
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }]
})

/** Where Fargate of the default network runs: a subnet and the default group. */
export async function network (
  provider: TestProvider
): Promise<{ subnets: string[], securityGroupIds: string[], vpcId: string }> {
  const vpc = await provider.invoke('aws:ec2/getVpc:getVpc', { default: true })
  const { ids } = await provider.invoke('aws:ec2/getSubnets:getSubnets', {
    filters: [{ name: 'vpc-id', values: [String(vpc['id'])] }]
  })
  const group = await provider.invoke('aws:ec2/getSecurityGroup:getSecurityGroup', {
    name: 'default',
    vpcId: vpc['id'] ?? ''
  })
  return { subnets: ids as string[], securityGroupIds: [String(group['id'])], vpcId: String(vpc['id']) }
}

/** A Fargate compute environment on the default network. */
export async function compute (
  provider: TestProvider,
  name: string,
  over: Props = {},
  resources: Props = {}
): Promise<Created> {
  const { subnets, securityGroupIds } = await network(provider)
  return provider.create(COMPUTE, name, {
    type: 'MANAGED',
    computeResources: { type: 'FARGATE_SPOT', maxVcpus: 100, subnets, securityGroupIds, ...resources },
    ...over
  })
}

export async function queue (provider: TestProvider, name: string, ...environments: Created[]): Promise<Created> {
  return provider.create(QUEUE, name, {
    priority: 1,
    state: 'ENABLED',
    computeEnvironmentOrders: environments.map(({ outputs }, index) => ({
      order: index + 1,
      computeEnvironment: outputs['arn'] ?? ''
    }))
  })
}

export const container = (over: Props = {}): Props => ({
  image: 'public.ecr.aws/docker/library/python:3.13',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  resourceRequirements: [{ type: 'VCPU', value: '0.25' }, { type: 'MEMORY', value: '512' }],
  ...over
})

export const jobArgs = (over: Props = {}, more: Props = {}): Props => ({
  type: 'container', platformCapabilities: ['FARGATE'], containerProperties: JSON.stringify(container(over)), ...more
})
