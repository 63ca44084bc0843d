import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differences, mergePatch } from '../../../src/spec/merge-patch.ts'

/** Names that objects inherit something under are as good as any. */
const name = fc.constantFrom('a', 'b', 'c/d', 'e~f', 'constructor', 'toString')
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, 0, 1, '', 'x', true, [], [1], [null], [{ a: null }]),
    tie('object')
  ),
  object: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true })
}))
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The algorithm of RFC 7396, section 2, word for word. */
function reference (target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      if (Object.hasOwn(result, name)) delete result[name]
    } else {
      result[name] = reference(Object.hasOwn(result, name) ? result[name] : undefined, value)
    }
  }
  return result
}

/** Undoes what pointers escape (RFC 6901). */
const unescaped = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

function at (value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value
  )
}

describe('A merge patch', () => {
  // RFC 7396, appendix A.
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }]
  ])('of %j by %j makes what the RFC says', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result)
  })

  test('makes of any two values what the RFC\'s algorithm makes of them, and changes neither', () => {
    fc.assert(fc.property(json.value, json.value, (target, patch) => {
      const before = structuredClone([target, patch])
      expect(mergePatch(target, patch)).toEqual(reference(target, patch))
      expect([target, patch]).toEqual(before)
    }))
  })

  test('applied twice makes what it makes applied once', () => {
    fc.assert(fc.property(json.value, json.value, (target, patch) => {
      const once = mergePatch(target, patch)
      expect(mergePatch(once, patch)).toEqual(once)
    }))
  })

  test('that is empty changes no object, and none leaves a null behind that it brought', () => {
    fc.assert(fc.property(json.object, json.object, (target, patch) => {
      expect(mergePatch(target, {})).toEqual(target)
      const made = mergePatch({}, patch)
      for (const { pointer } of differences({}, made)) expect(at(made, unescaped(pointer))).not.toBeNull()
    }))
  })

  test('takes a field called __proto__ for a field', () => {
    const patch: unknown = JSON.parse('{"__proto__": {"admin": true}}')
    const made = mergePatch({ a: 1 }, patch)
    expect(Object.keys(made as object)).toEqual(['a', '__proto__'])
    expect((made as { admin?: boolean }).admin).toBeUndefined()
  })
})

describe('The differences of two values', () => {
  test('are none exactly where they are equal', () => {
    fc.assert(fc.property(json.value, json.value, (one, other) => {
      expect(differences(one, other).length === 0).toBe(isDeepStrictEqual(one, other))
      expect(differences(one, structuredClone(one))).toEqual([])
    }))
  })

  test('point to where the values are found on either side, and read backwards the other way round', () => {
    fc.assert(fc.property(json.object, json.object, (one, other) => {
      const found = differences(one, other)
      for (const { pointer, before, after } of found) {
        expect([before, after]).toEqual([at(one, unescaped(pointer)), at(other, unescaped(pointer))])
      }
      expect(differences(other, one)).toEqual(found.map(({ pointer, ...values }) => ({
        pointer, ...('after' in values && { before: values.after }), ...('before' in values && { after: values.before })
      })))
    }))
  })

  test('name the innermost field, and what one side does not have is absent', () => {
    const before = { labels: { a: 'x', constructor: 'y' }, jobs: { default: { command: ['a'] } } }
    const after = { labels: { a: 'x', 'k/v': 'z' }, jobs: { default: { command: ['b'] } } }
    expect(differences(before, after)).toEqual([
      { pointer: '/jobs/default/command', before: ['a'], after: ['b'] },
      { pointer: '/labels/constructor', before: 'y' },
      { pointer: '/labels/k~1v', after: 'z' }
    ])
  })
})
