import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../src/errors.ts'
import { generationsOf } from '../../../src/routes/http/spec-body.ts'

describe('If-Match', () => {
  test.each([
    [undefined, undefined],
    ['*', 'any'],
    [' * ', 'any'],
    ['"3"', [3]],
    ['"1", "2" ,"30"', [1, 2, 30]],
    // Compared strongly (RFC 9110, 13.1.1): a weak tag names no generation, nor does a tag that was never given.
    ['W/"3"', []],
    ['W/"3", "4"', [4]],
    ['"x"', []],
    ['""', []],
    ['"03"', []],
    ['"-1"', []],
    ['"9999999999"', []],
    ['"a,b"', []]
  ])('%s names the generations %j', (header, generations) => {
    expect(generationsOf(header)).toEqual(generations)
  })

  test.each(['3', '"3', '3"', '""3""', '"1" "2"', '"1",', ', "1"', '', 'w/"3"', '*, "3"', '"3";q=1'])(
    'that reads %s is refused',
    (header) => {
      expect(() => generationsOf(header)).toThrow(expect.objectContaining({ code: 'malformed-request' }))
    }
  )

  test('of any text names generations that fit the database, or is refused', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9"W/, *]{0,30}$/)), (header) => {
      try {
        const generations = generationsOf(header) ?? []
        for (const generation of generations === 'any' ? [] : generations) {
          expect(generation).toSatisfy((n: number) => Number.isInteger(n) && n > 0 && n < 2 ** 31)
        }
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal)
      }
    }))
  })
})
