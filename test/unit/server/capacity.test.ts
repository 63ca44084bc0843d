import { totalmem } from 'node:os'
import { describe, expect, it } from 'vitest'
import { availableMemoryMiB, capacityFor } from '../../../src/server/capacity.ts'

describe('the capacity of a worker', () => {
  it('is what was asked for where there is memory for it', () => {
    expect(capacityFor({ concurrency: 4, memoryMiB: 16_384, cloud: 'aws' })).toEqual({
      concurrency: 4,
      memoryMiB: 16_384,
      perOperationMiB: 740
    })
  })

  it('is what fits beside the service: on AWS every operation has a provider of its own', () => {
    expect(capacityFor({ concurrency: 64, memoryMiB: 4_096, cloud: 'aws' }).concurrency).toBe(4)
    expect(capacityFor({ concurrency: 64, memoryMiB: 4_096, cloud: 'sandbox' }).concurrency).toBe(11)
  })

  it('is one at least', () => {
    expect(capacityFor({ concurrency: 4, memoryMiB: 512, cloud: 'aws' }).concurrency).toBe(1)
  })

  it('counts on no more than the machine has', () => {
    expect(availableMemoryMiB()).toBeGreaterThan(0)
    expect(availableMemoryMiB()).toBeLessThanOrEqual(totalmem() / 2 ** 20)
  })
})
