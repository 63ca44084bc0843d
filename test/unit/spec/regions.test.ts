import { describe, expect, it } from 'vitest'
import { nearestRegions, partitionOf, regionProblem, REGIONS } from '../../../src/spec/regions.ts'

describe('regions', () => {
  it.each([
    ['eu-central-1', 'aws'],
    ['mx-central-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov']
  ])('%s is in partition %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition)
    expect(regionProblem(region)).toBeUndefined()
  })

  it('have the form the schema asks for, each once', () => {
    for (const region of REGIONS) expect(region).toMatch(/^[a-z]{2}(-[a-z]+)+-[0-9]$/)
    expect(new Set(REGIONS).size).toBe(REGIONS.length)
  })

  it.each(['eu-centra-1', 'mars-north-1', 'eu-central-9', '', 'constructor', '__proto__', 'x'.repeat(10_000)])(
    '%j is none',
    (region) => {
      expect(regionProblem(region)).toMatch(/AWS has no region/)
    }
  )

  it('a slip is answered with what may have been meant, nearest first', () => {
    expect(nearestRegions('eu-centra-1')[0]).toBe('eu-central-1')
    expect(regionProblem('us-est-1')).toBe(
      'AWS has no region "us-est-1"; did you mean us-east-1, us-west-1, us-east-2?'
    )
    expect(nearestRegions('mars-north-1')).not.toContain('mars-north-1')
    expect(nearestRegions('far-away')).toEqual([])
  })
})
