import { expect, test } from 'vitest'
import { interleave, median, percentile } from '../../../bench/setup/statistics.ts'

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)

test('the 99th percentile is what all but one in a hundred do not exceed', () => {
  expect(percentile(hundred, 0.99)).toBe(99)
  expect(percentile([7], 0.99)).toBe(7)
  expect(() => percentile([], 0.99)).toThrow('a percentile of nothing')
})

test('the median of an even number of values is between the two in the middle', () => {
  expect(median(hundred)).toBe(50.5)
  expect(median([3, 1, 2])).toBe(2)
})

test('contenders take turns, each other round in reverse, and the first round does not count', async () => {
  const order: string[] = []
  const contender = (name: string) => async () => order.push(name)
  expect(await interleave(2, { ours: contender('ours'), theirs: contender('theirs') })).toEqual({
    ours: [4, 5],
    theirs: [3, 6]
  })
  expect(order).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs'])
})
