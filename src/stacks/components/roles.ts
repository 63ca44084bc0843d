import { Role } from '@pulumi/aws/iam/role.js'
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js'
import * as pulumi from '@pulumi/pulumi'
import type { EcrRepository } from '../../spec/image.ts'
import { executionPolicy, jobPolicy, tasksTrust, type ArnScope } from '../policies.ts'

interface RolesArgs {
  readonly arnScope: ArnScope
  readonly executionRoleName: string
  readonly jobRoleName: string
  readonly logGroupArn: pulumi.Output<string>
  readonly bucketArn: pulumi.Output<string>
  readonly repositories: readonly EcrRepository[]
}

/**
 * The role that starts containers and the role containers run as. Batch itself uses its service-linked role, never one
 * of ours.
 */
export class RolesComponent extends pulumi.ComponentResource {
  readonly executionRoleArn: pulumi.Output<string>
  readonly jobRoleArn: pulumi.Output<string>
  /** Without them `up` stays green and the first task fails. */
  readonly policies: pulumi.Resource[]

  constructor (name: string, args: RolesArgs, opts: pulumi.ComponentResourceOptions) {
    super('batchyard:environment:Roles', name, {}, opts)
    const trust = JSON.stringify(tasksTrust(args.arnScope))
    const role = (logicalName: string, cloudName: string, description: string): Role =>
      new Role(logicalName, { name: cloudName, description, assumeRolePolicy: trust }, { parent: this })
    const execution = role('execution', args.executionRoleName, 'Batchyard: starts the containers of one environment')
    const job = role('job', args.jobRoleName, 'Batchyard: what the jobs and the service of one environment run as')
    const { partition } = args.arnScope
    this.policies = [
      new RolePolicy(
        'execution',
        {
          role: execution.name,
          policy: args.logGroupArn.apply((arn) => JSON.stringify(executionPolicy(arn, partition, args.repositories)))
        },
        { parent: this }
      ),
      new RolePolicy(
        'job',
        { role: job.name, policy: args.bucketArn.apply((arn) => JSON.stringify(jobPolicy(arn))) },
        { parent: this }
      )
    ]
    this.executionRoleArn = execution.arn
    this.jobRoleArn = job.arn
    this.registerOutputs()
  }
}
