import { JobQueue } from '@pulumi/aws/batch/jobQueue.js'
import * as pulumi from '@pulumi/pulumi'
import type { ResolvedSpec } from '../../schemas/spec.ts'

interface QueueArgs {
  readonly queue: ResolvedSpec['queues'][string]
  readonly cloudName: string
  /** Tried in this order. */
  readonly computeArns: readonly pulumi.Output<string>[]
}

/** A job queue over the environment's compute. */
export class JobQueueComponent extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>
  readonly arn: pulumi.Output<string>

  constructor (name: string, { queue, cloudName, computeArns }: QueueArgs, opts: pulumi.ComponentResourceOptions) {
    super('batchyard:environment:Queue', name, {}, opts)
    const jobQueue = new JobQueue(
      name,
      {
        name: cloudName,
        priority: queue.priority,
        state: 'ENABLED',
        computeEnvironmentOrders: computeArns.map((computeEnvironment, index) => ({
          order: index + 1,
          computeEnvironment
        }))
      },
      {
        parent: this,
        // The name is fixed, so a second one cannot stand beside the first.
        deleteBeforeReplace: true
      }
    )
    this.name = jobQueue.name
    this.arn = jobQueue.arn
    this.registerOutputs()
  }
}
