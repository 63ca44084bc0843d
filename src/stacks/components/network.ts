import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js'
import { SecurityGroupEgressRule } from '@pulumi/aws/vpc/securityGroupEgressRule.js'
import * as pulumi from '@pulumi/pulumi'
import type { ResolvedNetwork } from '../lookups.ts'

interface NetworkArgs { readonly resolved: ResolvedNetwork, readonly securityGroupName: string }

/** A change of it would replace the group. */
const DESCRIPTION = 'Batchyard: jobs and service of one environment'

/**
 * Where jobs and the service run: the given subnets, and the given groups or one of our own, which lets traffic out
 * only.
 */
export class NetworkComponent extends pulumi.ComponentResource {
  readonly vpcId: string
  readonly subnetIds: string[]
  readonly securityGroupIds: pulumi.Output<string[]>
  /** What must stand before anything runs in the network. */
  readonly ready: pulumi.Resource[]

  constructor (name: string, { resolved, securityGroupName }: NetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super('batchyard:environment:Network', name, {}, opts)
    this.vpcId = resolved.vpcId
    this.subnetIds = resolved.subnetIds
    if (resolved.securityGroupIds !== null) {
      this.securityGroupIds = pulumi.output(resolved.securityGroupIds)
      this.ready = []
    } else {
      const group = new SecurityGroup(
        securityGroupName,
        { description: DESCRIPTION, vpcId: resolved.vpcId },
        { parent: this }
      )
      // A rule resource and no inline rules: the two undo each other.
      const egress = new SecurityGroupEgressRule('egress', {
        securityGroupId: group.id, ipProtocol: '-1', cidrIpv4: '0.0.0.0/0', description: 'Everything out'
      }, { parent: this })
      this.securityGroupIds = group.id.apply((id) => [id])
      this.ready = [egress]
    }
    this.registerOutputs()
  }
}
