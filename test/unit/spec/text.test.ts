import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textProblems } from '../../../src/spec/text.ts'

const pointers = (value: unknown) => textProblems(value).map(({ pointer }) => pointer)

describe('Text that cannot be kept', () => {
  test('is found in a value, a list and a name, wherever it is', () => {
    expect(pointers('a\u0000b')).toEqual([''])
    expect(pointers({ command: ['a', 'a\u0000b', '\ud800'] })).toEqual(['/command/1', '/command/2'])
    expect(pointers({ environment: { A: '\udc00', B: 'b' } })).toEqual(['/environment/A'])
    expect(pointers({ 'a\u0000': 1, '\ud83d': { x: '\u0000' } })).toEqual(['/a\u0000', '/\ud83d', '/\ud83d/x'])
    expect(pointers({ 'a/b~c': '\u0000' })).toEqual(['/a~1b~0c'])
  })

  test('is none that has other control characters, or pairs of surrogates', () => {
    expect(
      pointers({ '\u{1f4a9}': ['\u0001\u001f\u007f\ufffe\uffff', '\u{10ffff}', '', 'ü'], n: 1, t: true, none: null })
    ).toEqual([])
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(pointers([text]).length).toBe(text.includes('\u0000') ? 1 : 0)
      })
    )
  })

  test('is named by a pointer of bounded length', () => {
    const [found] = textProblems({ ['k'.repeat(50_000)]: '\u0000' })
    expect(found?.pointer.length).toBeLessThan(300)
  })

  test('does not hide in what nests too deep to be looked through', () => {
    const nested = (depth: number, inner: unknown): unknown =>
      Array.from({ length: depth }).reduce<unknown>((value) => ({ a: value }), inner)
    expect(pointers(nested(31, 'text'))).toEqual([])
    expect(pointers(nested(31, '\u0000'))).toEqual(['/a'.repeat(31)])
    expect(textProblems(nested(50_000, '\u0000'))).toEqual([
      { pointer: '/a'.repeat(32), message: 'nests deeper than 32 levels' }
    ])
  })

  test('is looked for in a body of any shape', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(Array.isArray(textProblems(value))).toBe(true)
      })
    )
  })
})
