import { describe, expect, it } from 'vitest'
import type { BorrowedCloud } from '../../../support/aws/cloud.ts'
import { EGRESS, GROUP, compute, network } from '../../../support/aws/declare.ts'
import { connectProvider, type TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'

const home = { account: '123456789012', region: 'us-east-1' }

let cloud: BorrowedCloud
let provider: TestProvider
useCloud((lent) => { ({ cloud, provider } = lent) })

const asTeam = async (account: string): Promise<TestProvider> =>
  connectProvider(cloud.grpcPort, {
    region: 'us-east-1',
    assumeRoles: JSON.stringify([{ roleArn: `arn:aws:iam::${account}:role/team`, sessionName: 'batchyard' }])
  })

describe('the network of an account', () => {
  it('is the same every time, and another one in another place', async () => {
    const mine = await network(provider)
    expect(mine.subnets).toHaveLength(3)
    expect(await network(provider)).toEqual(mine)
    const team = await asTeam('222222222222')
    expect((await network(team)).vpcId).not.toBe(mine.vpcId)
    team.close()
  })

  it('can lose its default VPC', async () => {
    await cloud.control.removeDefaultVpc(home)
    await expect(provider.invoke('aws:ec2/getVpc:getVpc', { default: true })).rejects.toThrow(
      'invoking aws:ec2/getVpc:getVpc: 1 error occurred:\n\t* no matching EC2 VPC found'
    )
    await expect(provider.create(GROUP, 'g', {})).rejects.toThrow(
      /api error VPCIdNotSpecified: No default VPC for this user/
    )
    await cloud.control.restoreDefaultVpc(home)
    await network(provider)
  })

  it('can have another VPC, and subnets of two do not go together', async () => {
    const other = await cloud.control.addNetwork({ ...home, public: false })
    const { subnets } = await network(provider)
    const one = await provider.invoke('aws:ec2/getSubnet:getSubnet', { id: other.subnets[0]?.id ?? '' })
    expect(one).toMatchObject({ vpcId: other.vpcId, mapPublicIpOnLaunch: false, defaultForAz: false })
    await expect(
      compute(provider, 'ce', {}, { subnets: [subnets[0] ?? '', other.subnets[0]?.id ?? ''] })
    ).rejects.toThrow(/same VPC/)
  })

  it('answers no function and no filter it does not know', async () => {
    await expect(provider.invoke('aws:ec2/getAmi:getAmi', {})).rejects.toThrow(
      /does not simulate the function aws:ec2\/getAmi:getAmi/
    )
    await expect(
      provider.invoke('aws:ec2/getVpc:getVpc', { filters: [{ name: 'odd', values: ['1'] }] })
    ).rejects.toThrow(/does not simulate the EC2 filter "odd"/)
    await expect(provider.create('aws:ec2/instance:Instance', 'i', {})).rejects.toThrow(
      /does not simulate the resource type aws:ec2\/instance:Instance/
    )
  })
})

describe('a security group', () => {
  it('stays while something refers to it, and takes its rules with it', async () => {
    const group = await provider.create(GROUP, 'g', { description: 'x' })
    expect(group.id).toMatch(/^sg-[0-9a-f]{17}$/)
    const rule = { securityGroupId: group.id, ipProtocol: '-1', cidrIpv4: '0.0.0.0/0' }
    const made = await provider.create(EGRESS, 'all', rule)
    expect(made.outputs['securityGroupRuleId']).toBe(made.id)
    await expect(provider.create(EGRESS, 'again', rule)).rejects.toThrow(/api error InvalidPermission.Duplicate/)
    await expect(provider.create(EGRESS, 'two', { ...rule, cidrIpv6: '::/0' })).rejects.toThrow(/exactly one of/)
    const environment = await compute(provider, 'ce', {}, { securityGroupIds: [group.id] })
    await expect(provider.remove(GROUP, group.id, group.outputs)).rejects.toThrow(
      /StatusCode: 400, .*api error DependencyViolation: resource sg-\w+ has a dependent object/
    )
    await provider.remove('aws:batch/computeEnvironment:ComputeEnvironment', environment.id, environment.outputs)
    await provider.remove(GROUP, group.id, group.outputs)
    expect(await cloud.control.resources()).toEqual([])
  })

  it('has a name of its own in its VPC, and is replaced for another description', async () => {
    const group = await provider.create(GROUP, 'g', { name: 'mine' })
    await expect(provider.create(GROUP, 'h', { name: 'mine' })).rejects.toThrow(/InvalidGroup.Duplicate/)
    expect(await provider.diff(GROUP, group.outputs, { ...group.inputs, description: 'new' })).toMatchObject({
      replaces: ['description'],
      deleteBeforeReplace: true
    })
  })
})
