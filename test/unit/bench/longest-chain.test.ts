import { describe, expect, test } from 'vitest'
import { longestChain } from '../../../bench/setup/longest-chain.ts'

const resource = (urn: string, type: string, dependencies: string[] = []) => ({ urn, type, dependencies })
const secondsOf = (type: string): number => ({ cluster: 10, group: 3, rule: 1, compute: 12, queue: 30 })[type] ?? 0

describe('the longest chain of a state', () => {
  test('adds up what waits for one another, and not what runs beside it', () => {
    const resources = [
      resource('cluster', 'cluster'),
      resource('group', 'group'),
      resource('rule', 'rule', ['group']),
      resource('compute', 'compute', ['group', 'rule']),
      resource('queue', 'queue', ['compute'])
    ]
    expect(longestChain(resources, secondsOf)).toBe(3 + 1 + 12 + 30)
  })

  test('goes through what takes no time, and ends at what is not in the state', () => {
    const resources = [
      resource('queue', 'queue', ['component', 'elsewhere']),
      resource('component', 'component', ['group']),
      resource('group', 'group')
    ]
    expect(longestChain(resources, secondsOf)).toBe(33)
  })

  test('is nothing where there is nothing', () => {
    expect(longestChain([], secondsOf)).toBe(0)
  })
})
