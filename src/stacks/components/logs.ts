import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js'
import * as pulumi from '@pulumi/pulumi'

interface LogsArgs { readonly name: string, readonly retentionDays: number }

/** The environment's own log group, made before anything that writes into it. */
export class LogGroupComponent extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>
  readonly groupArn: pulumi.Output<string>

  constructor (name: string, args: LogsArgs, opts: pulumi.ComponentResourceOptions) {
    super('batchyard:environment:Logs', name, {}, opts)
    const group = new LogGroup('logs', { name: args.name, retentionInDays: args.retentionDays }, { parent: this })
    this.groupName = group.name
    this.groupArn = group.arn
    this.registerOutputs()
  }
}
