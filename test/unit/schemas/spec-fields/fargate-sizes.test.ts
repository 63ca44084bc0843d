import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Spec } from '../../../../src/schemas/spec.ts'
import { FARGATE_SIZES, pairSize, sizeProblem } from '../../../../src/schemas/spec-fields/fargate-sizes.ts'

const vcpus = fc.constantFrom(...FARGATE_SIZES.map((size) => size.vcpus))

describe('Fargate sizes', () => {
  it('are those of the schema', () => {
    const job = Object.values(Spec.properties.jobs.patternProperties)[0]
    expect(job?.properties.vcpus).toMatchObject({ enum: FARGATE_SIZES.map((size) => size.vcpus) })
    expect(job?.properties.memoryMiB).toMatchObject({ minimum: 512, maximum: 122_880 })
  })

  it.each([
    [0.25, [512, 1024, 2048]], [0.5, [1024, 2048, 3072, 4096]], [1, [2048, 8192]], [2, [4096, 16_384]],
    [4, [8192, 30_720]], [8, [16_384, 20_480, 61_440]], [16, [32_768, 40_960, 122_880]]
  ])('%s vCPU goes with %s MiB among others', (vcpus, memories) => {
    for (const memoryMiB of memories) expect(pairSize(vcpus, memoryMiB)).toEqual({ vcpus, memoryMiB })
  })

  it.each([
    [0.25, 3072], [0.5, 512], [1, 512], [1, 4000], [2, 2048], [4, 31_744], [8, 17_408], [16, 16_384], [3, 8192]
  ])('there is no size of %s vCPU and %s MiB', (vcpus, memoryMiB) => {
    expect(pairSize(vcpus, memoryMiB)).toBeUndefined()
  })

  it('nothing asked for is the smallest size', () => {
    expect(pairSize(undefined, undefined)).toEqual({ vcpus: 0.25, memoryMiB: 512 })
  })

  it('vCPU alone gets its smallest memory', () => {
    expect(FARGATE_SIZES.map(({ vcpus }) => pairSize(vcpus, undefined)?.memoryMiB)).toEqual([
      512, 1024, 2048, 4096, 8192, 16_384, 32_768
    ])
  })

  it('memory alone gets the smallest vCPU that offers it', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 130_000 }), (memoryMiB) => {
      const smallest = FARGATE_SIZES.find((size) => size.memoriesMiB.includes(memoryMiB))
      expect(pairSize(undefined, memoryMiB)?.vcpus).toBe(smallest?.vcpus)
    }))
  })

  it('a size is found exactly where there is nothing to complain of', () => {
    fc.assert(
      fc.property(
        fc.option(vcpus, { nil: undefined }),
        fc.option(fc.integer({ min: 1, max: 130 }), { nil: undefined }),
        (vcpus, step) => {
          const memoryMiB = step === undefined ? undefined : step * 512
          expect(pairSize(vcpus, memoryMiB) === undefined).toBe(sizeProblem(vcpus, memoryMiB) !== undefined)
        }
      )
    )
  })

  it('says which sizes there are instead', () => {
    expect(sizeProblem(1, 512)).toBe('Fargate pairs 1 vCPU with 2048 to 8192 MiB in steps of 1024, not with 512')
    expect(sizeProblem(0.25, 4096)).toBe('Fargate pairs 0.25 vCPU with 512, 1024, 2048 MiB, not with 4096')
    expect(sizeProblem(undefined, 700)).toBe('Fargate has no size with 700 MiB; the nearest: 512 or 1024')
    expect(sizeProblem(undefined, 200_000)).toBe('Fargate has no size with 200000 MiB; the nearest: 122880')
  })
})
