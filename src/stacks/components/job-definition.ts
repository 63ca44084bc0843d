import { JobDefinition } from '@pulumi/aws/batch/jobDefinition.js'
import * as pulumi from '@pulumi/pulumi'
import type { ResolvedSpec } from '../../schemas/spec.ts'
import { jobContainer } from '../containers.ts'
import { retryStrategy } from '../retry.ts'
import type { LogGroupComponent } from './logs.ts'
import type { RolesComponent } from './roles.ts'
import type { StorageComponent } from './storage.ts'

interface JobDefinitionArgs {
  readonly job: ResolvedSpec['jobs'][string]
  readonly cloudName: string
  readonly streamPrefix: string
  readonly region: string
  readonly assignPublicIp: boolean
  readonly roles: RolesComponent
  readonly logs: LogGroupComponent
  readonly storage: StorageComponent
}

/** A job definition for Fargate. Every change makes a new revision; callers do best to submit by name. */
export class JobDefinitionComponent extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>
  readonly arn: pulumi.Output<string>
  readonly arnPrefix: pulumi.Output<string>
  readonly revision: pulumi.Output<number>

  constructor (name: string, args: JobDefinitionArgs, opts: pulumi.ComponentResourceOptions) {
    super('batchyard:environment:Job', name, {}, opts)
    const { job, roles, logs } = args
    const references = {
      executionRoleArn: roles.executionRoleArn,
      jobRoleArn: roles.jobRoleArn,
      logGroupName: logs.groupName,
      bucketName: args.storage.bucketName
    }
    const container = jobContainer(job, args.assignPublicIp, {
      references,
      region: args.region,
      streamPrefix: args.streamPrefix
    })
    const definition = new JobDefinition(name, {
      name: args.cloudName,
      type: 'container',
      platformCapabilities: ['FARGATE'],
      containerProperties: pulumi.jsonStringify(container),
      retryStrategy: retryStrategy(job.attempts),
      timeout: { attemptDurationSeconds: job.timeoutSeconds },
      propagateTags: true
    }, { parent: this, dependsOn: roles.policies })
    this.name = definition.name
    this.arn = definition.arn
    this.arnPrefix = definition.arnPrefix
    this.revision = definition.revision
    this.registerOutputs()
  }
}
