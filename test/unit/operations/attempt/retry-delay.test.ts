import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retryDelay } from '../../../../src/operations/attempt/retry-delay.ts'

const retries = fc.integer({ min: 0, max: 20 })
const base = fc.double({ min: 0.01, max: 600, noNaN: true })
const random = fc.double({ min: 0, max: 1, noNaN: true })

describe('The wait before another try', () => {
  test('is half to one and a half of the doubled base, and never more than three minutes', () => {
    fc.assert(fc.property(retries, base, random, (count, seconds, chance) => {
      const middle = Math.min(seconds * 2 ** count, 120)
      const wait = retryDelay(count, seconds, chance)
      expect(wait).toBeGreaterThanOrEqual(middle * 0.5)
      expect(wait).toBeLessThanOrEqual(Math.min(middle * 1.5, 180))
    }))
  })

  test('never gets shorter from one try to the next, with the same luck', () => {
    fc.assert(fc.property(retries, base, random, (count, seconds, chance) => {
      expect(retryDelay(count + 1, seconds, chance)).toBeGreaterThanOrEqual(retryDelay(count, seconds, chance))
    }))
  })

  test('is spread, so that what failed together does not come back together', () => {
    fc.assert(fc.property(retries, base, (count, seconds) => {
      expect(retryDelay(count, seconds, 0.9)).toBeGreaterThan(retryDelay(count, seconds, 0.1))
    }))
  })

  test('is as long as documented: 8 seconds, then 16, 32, 64, 120, 120 in the middle', () => {
    expect([0, 1, 2, 3, 4, 5].map((count) => retryDelay(count, 8, 0.5))).toEqual([8, 16, 32, 64, 120, 120])
  })
})
