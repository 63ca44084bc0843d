import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../../src/errors.ts'
import { decodeCursor, encodeCursor } from '../../../../src/operations/reads/cursor.ts'

describe('A cursor', () => {
  test('comes back as the place it stands for', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z0-9_-]{1,100}$/), (place) => {
      expect(decodeCursor(encodeCursor(place) ?? undefined)).toBe(place)
    }))
  })

  test('that this service did not make is refused, whatever it is', () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/), (text) => {
      try {
        const place = decodeCursor(text)
        expect(encodeCursor(place ?? null)).toBe(text)
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal)
        expect(error).toMatchObject({ code: 'validation-failed', details: { errors: [{ pointer: '#query/cursor' }] } })
      }
    }))
  })

  test('of another page is refused', () => {
    const place = encodeCursor('env_01jd3x9c8qe5vb6k2m4n7p8r9s') ?? ''
    expect(() => decodeCursor(place, /^[0-9]{1,15}$/)).toThrow(expect.objectContaining({ code: 'validation-failed' }))
    expect(decodeCursor(encodeCursor('42') ?? '', /^[0-9]{1,15}$/)).toBe('42')
  })
})
