import { describe, expect, it } from 'vitest'
import type { BorrowedCloud } from '../../../support/aws/cloud.ts'
import { COMPUTE, GROUP, SUBNET, VPC, compute, network } from '../../../support/aws/declare.ts'
import type { TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'

let cloud: BorrowedCloud
let provider: TestProvider
useCloud((lent) => { ({ cloud, provider } = lent) })

const home = { account: '123456789012', region: 'us-east-1' }
const types = async (): Promise<string[]> => (await cloud.control.resources()).map(({ type }) => type)

describe('a VPC', () => {
  it('is created with a default group, and deleted when nothing is left in it', async () => {
    const vpc = await provider.create(VPC, 'v', { cidrBlock: '10.1.0.0/16' })
    expect(vpc.id).toMatch(/^vpc-[0-9a-f]{17}$/)
    const groupId = String(vpc.outputs['defaultSecurityGroupId'])
    expect(await provider.invoke('aws:ec2/getSecurityGroup:getSecurityGroup', { vpcId: vpc.id })).toMatchObject({
      id: groupId, name: 'default'
    })
    const subnet = await provider.create(SUBNET, 's', { vpcId: vpc.id, cidrBlock: '10.1.0.0/24' })
    expect(subnet.outputs).toMatchObject({ availabilityZone: 'us-east-1a', availabilityZoneId: 'use1-az1' })
    await expect(provider.remove(VPC, vpc.id, vpc.outputs)).rejects.toThrow(
      /deleting EC2 VPC \(vpc-\w+\): .*DependencyViolation: The vpc 'vpc-\w+' has dependencies and cannot be deleted\./
    )
    await expect(provider.remove(GROUP, groupId, {})).rejects.toThrow(/CannotDelete: the specified group: "sg-\w+"/)
    await provider.remove(SUBNET, subnet.id, subnet.outputs)
    await provider.remove(VPC, vpc.id, vpc.outputs)
    expect(await types()).toEqual([])
  })

  it('is read by its id, and has the quota of an account in a region', async () => {
    const vpc = await provider.create(VPC, 'v', { cidrBlock: '10.1.0.0/16', tags: { team: 'a' } })
    expect((await provider.read(VPC, vpc.id)).outputs).toMatchObject({ cidrBlock: '10.1.0.0/16', tags: { team: 'a' } })
    for (const index of [2, 3, 4]) await provider.create(VPC, `v${index}`, { cidrBlock: `10.${index}.0.0/16` })
    await expect(provider.create(VPC, 'v5', { cidrBlock: '10.5.0.0/16' })).rejects.toThrow(
      /creating EC2 VPC: .*VpcLimitExceeded: The maximum number of VPCs has been reached\./
    )
    await expect(provider.create(VPC, 'v6', { cidrBlock: '10.0.0.0/8' })).rejects.toThrow(/between 16 and 28/)
  })
})

describe('a subnet', () => {
  it('lies inside its VPC and beside the others, in a zone of the region', async () => {
    const vpcId = (await provider.create(VPC, 'v', { cidrBlock: '10.1.0.0/16' })).id
    await provider.create(SUBNET, 'a', { vpcId, cidrBlock: '10.1.0.0/20' })
    const create = async (args: object): Promise<unknown> =>
      provider.create(SUBNET, 'b', { vpcId, cidrBlock: '10.1.16.0/20', ...args })
    await expect(create({ cidrBlock: '10.2.0.0/20' })).rejects.toThrow(/InvalidSubnet.Range/)
    await expect(create({ cidrBlock: '10.1.8.0/24' })).rejects.toThrow(/InvalidSubnet.Conflict/)
    await expect(create({ availabilityZone: 'us-east-1z' })).rejects.toThrow(/InvalidParameterValue/)
    await expect(create({ vpcId: 'vpc-0' })).rejects.toThrow(/InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist/)
    await create({})
  })

  it('stays while a compute environment names it', async () => {
    const { subnets } = await network(provider)
    const environment = await compute(provider, 'ce')
    await expect(provider.remove(SUBNET, subnets[0] ?? '', {})).rejects.toThrow(
      /DependencyViolation: The subnet 'subnet-\w+' has dependencies and cannot be deleted\./
    )
    await provider.remove(COMPUTE, environment.id, environment.outputs)
    await provider.remove(SUBNET, subnets[0] ?? '', {})
    expect((await network(provider)).subnets).toHaveLength(2)
  })
})

describe('the default VPC', () => {
  it('is no resource of anybody, and one that was deleted does not come back', async () => {
    const { subnets, vpcId } = await network(provider)
    expect(await types()).toEqual([])
    expect((await cloud.control.stats()).resources).toBe(0)
    await expect(provider.remove(VPC, vpcId, {})).rejects.toThrow(/DependencyViolation/)
    for (const id of subnets) await provider.remove(SUBNET, id, {})
    await provider.remove(VPC, vpcId, {})
    expect(await cloud.control.networks(home)).toEqual([])
    await cloud.control.restoreDefaultVpc(home)
    expect(await network(provider)).toMatchObject({ vpcId, subnets })
  })
})
