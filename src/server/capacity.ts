import { totalmem } from 'node:os'

/** What decides how many operations a worker runs at once. */
export interface WorkerLimits {
  /** Operations at once by count. */
  readonly concurrency: number
  /** Memory for the service and everything it starts, MiB. */
  readonly memoryMiB: number
  readonly cloud: 'sandbox' | 'aws'
}

export interface Capacity {
  readonly concurrency: number
  readonly memoryMiB: number
  /** What one operation may need, MiB. */
  readonly perOperationMiB: number
}

/** The service itself, with the embedded database and the sandbox cloud: 300 to 550 measured. */
const SERVICE_MIB = 600
/** Resident size of a runner that has loaded the program. */
const RUNNER_MIB = 200
/** Resident size of an engine process: `pulumi` 110, the sandbox engine less. */
const ENGINE_MIB = 110
/** Resident size of the AWS provider, one per engine: 300 to 430 (pulumi/pulumi-aws#5860); none in the sandbox. */
const PROVIDER_MIB = { aws: 430, sandbox: 0 } as const

/** How many operations a worker runs at once, by count and by memory; at least one. */
export function capacityFor ({ concurrency, memoryMiB, cloud }: WorkerLimits): Capacity {
  const perOperationMiB = RUNNER_MIB + ENGINE_MIB + PROVIDER_MIB[cloud]
  const fitting = Math.floor((memoryMiB - SERVICE_MIB) / perOperationMiB)
  return { concurrency: Math.max(1, Math.min(concurrency, fitting)), memoryMiB, perOperationMiB }
}

/** What the container may use, or else the machine has, MiB. */
export function availableMemoryMiB (): number {
  // Without a limit it is 0, or more than any machine has.
  const limit = process.constrainedMemory()
  const total = totalmem()
  return Math.floor((limit > 0 && limit < total ? limit : total) / 2 ** 20)
}
