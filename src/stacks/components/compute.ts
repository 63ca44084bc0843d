import { ComputeEnvironment } from '@pulumi/aws/batch/computeEnvironment.js'
import * as pulumi from '@pulumi/pulumi'
import type { ResolvedSpec } from '../../schemas/spec.ts'
import type { NetworkComponent } from './network.ts'

interface ComputeArgs {
  readonly compute: ResolvedSpec['compute'][string]
  /** Logical name, to which the provider appends its own part. */
  readonly logicalName: string
  readonly network: NetworkComponent
}

/**
 * A managed Fargate compute environment. No service role: the account's service-linked one is meant. Of the resources
 * only what Fargate takes; `minVcpus`, instance types, bids and inner tags are refused.
 */
export class ComputeEnvironmentComponent extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>
  readonly arn: pulumi.Output<string>
  readonly ecsClusterArn: pulumi.Output<string>

  constructor (name: string, { compute, logicalName, network }: ComputeArgs, opts: pulumi.ComponentResourceOptions) {
    super('batchyard:environment:Compute', name, {}, opts)
    const environment = new ComputeEnvironment(logicalName, {
      type: 'MANAGED',
      state: 'ENABLED',
      computeResources: {
        type: compute.type,
        maxVcpus: compute.maxVcpus,
        subnets: network.subnetIds,
        securityGroupIds: network.securityGroupIds
      }
    }, {
      parent: this,
      dependsOn: network.ready,
      // AWS changes no type in place, though the provider would try. Named automatically, the new one is made first,
      // the queue moved over, and only then the old one deleted: AWS deletes none that a queue uses.
      replaceOnChanges: ['computeResources.type']
    })
    this.name = environment.name
    this.arn = environment.arn
    this.ecsClusterArn = environment.ecsClusterArn
    this.registerOutputs()
  }
}
