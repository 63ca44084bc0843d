import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../src/errors.ts'
import { decodeCursor, encodeCursor } from '../../../src/operations/cursor.ts'

describe('A cursor', () => {
  test('comes back as the place it stands for', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z0-9_-]{1,100}$/), place => {
      expect(decodeCursor(encodeCursor(place) ?? undefined)).toBe(place)
    }))
  })

  test('that this service did not make is refused, whatever it is', () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/), text => {
      try {
        const place = decodeCursor(text)
        expect(encodeCursor(place ?? null)).toBe(text)
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal)
        expect(error).toMatchObject({ code: 'validation-failed', details: { errors: [{ pointer: '#query/cursor' }] } })
      }
    }))
  })
})
