import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  classifyFailure,
  EventRecord,
  type FailureEvidence,
  type FailureReason
} from '../../src/engine/translate/failures.ts'
import { toEngineEvent } from '../../src/engine/translate/events.ts'
import { mapTexts, sanitizeMessage, stripControlCharacters } from '../../src/text.ts'

/** Any text at all: halves of surrogate pairs, NULs, escape sequences and the engine's markup among it. */
const anyText = fc.array(fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  fc.constantFrom('\u0000', '\u001b[31m', '\u009b0m', '\ud83d', '\ude00', '😀', '<{%reset%}>', '\n', '\t', '\r')
)).map((parts) => parts.join(''))

/** What Postgres takes as a text within jsonb. */
const storable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000')

/** Every text in a value, names of fields included. */
function textsIn (value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => [name, ...textsIn(item)])
}

const unstorable = (value: unknown): string[] => textsIn(value).filter((text) => !storable(text))

test('control characters and colours are dropped, line ends and tabs stay', () => {
  expect(sanitizeMessage('a\u0000b\u001b[31mc\u001b[0m\r\n\td\u0007\u007f\u0085')).toBe('abc\n\td')
})

test('a pair that the limit cuts in half leaves no half behind', () => {
  expect(sanitizeMessage('😀😀', 4)).toBe('😀😀')
  expect(sanitizeMessage('a😀😀', 3)).toBe('a\ufffd…')
  expect(sanitizeMessage('half \ud83d')).toBe('half \ufffd')
})

test('whatever is said can be stored, is within the limit and survives JSON', () => {
  fc.assert(fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, limit) => {
    const shown = sanitizeMessage(text, limit)
    expect(storable(shown)).toBe(true)
    expect(shown.length).toBeLessThanOrEqual(limit)
    expect(JSON.parse(JSON.stringify(shown))).toBe(shown)
  }))
})

/** JSON has no negative zero, and stored outputs are JSON. */
const anyJson = fc.jsonValue({ stringUnit: 'binary' }).map((value): unknown => JSON.parse(JSON.stringify(value)))

test('whatever a program\'s outputs are, they can be stored, and what could be before is unchanged', () => {
  fc.assert(fc.property(fc.dictionary(anyText, anyJson), anyText, (outputs, text) => {
    const kept = mapTexts({ ...outputs, nested: [{ [text]: text }, 1, null, true] }, stripControlCharacters)
    expect(unstorable(kept)).toEqual([])
    expect(JSON.parse(JSON.stringify(kept))).toEqual(kept)
  }))
  const fine = { arn: 'arn:aws:s3:::b', list: [1, null, ' zwei\n', { ü: '😀' }] }
  expect(mapTexts(fine, stripControlCharacters)).toEqual(fine)
})

test('no event carries a text that cannot be stored', () => {
  fc.assert(fc.property(anyText, (text) => {
    const state = { type: text, urn: text, custom: true, id: text, parent: '', inputs: {}, outputs: {}, provider: '' }
    const metadata = { op: 'create', urn: text, type: text, new: state, provider: '' } as const
    const events = [
      toEngineEvent({ sequence: 1, timestamp: 1, resourcePreEvent: { metadata } }),
      toEngineEvent({
        sequence: 1,
        timestamp: 1,
        diagnosticEvent: { severity: 'error', message: text, color: 'never', urn: text }
      })
    ]
    expect(unstorable(events)).toEqual([])
  }))
})

const NOTHING: FailureEvidence = { errors: [], failed: [], inFlight: [], text: '', programError: undefined }

test('no error carries a text that cannot be stored, wherever it was cut', () => {
  const long = '😀'.repeat(6_000)
  fc.assert(fc.property(anyText, fc.integer({ min: 0, max: 3 }), (text, shift) => {
    const said = `${'x'.repeat(shift)}${text}${long}`
    const resource = { urn: said, type: said, name: said }
    const cases: Array<[FailureReason['cause'], Partial<FailureEvidence>]> = [
      ['failed', { errors: [{ message: said, urn: said }], failed: [resource] }],
      ['failed', { programError: said }],
      ['failed', { programError: `[default-vpc-missing] ${said}` }],
      ['failed', { text: said }],
      ['crashed', { inFlight: [resource] }]
    ]
    for (const [cause, evidence] of cases) {
      const error = classifyFailure({ cause, detail: said }, { ...NOTHING, ...evidence })
      expect(unstorable(error)).toEqual([])
      expect(error.detail.length).toBeLessThanOrEqual(12_000)
    }
  }), { numRuns: 30 })
})

test('a resource whose urn had to be mended is still found to have failed', () => {
  const record = new EventRecord()
  const urn = 'urn:pulumi:env::batchyard::test:index:Thing::a\u0000'
  const state = {
    type: 'test:index:Thing',
    urn,
    custom: true,
    id: '',
    parent: '',
    inputs: {},
    outputs: {},
    provider: ''
  }
  const metadata = { op: 'create', urn, type: 'test:index:Thing', new: state, provider: '' } as const
  const failed = toEngineEvent({ sequence: 1, timestamp: 1, resOpFailedEvent: { metadata, status: 1, steps: 1 } })
  const said = toEngineEvent({
    sequence: 2,
    timestamp: 1,
    diagnosticEvent: { severity: 'error', message: 'AccessDenied', color: 'never', urn }
  })
  for (const event of [failed, said]) if (event !== undefined) record.add(event)
  expect(classifyFailure({ cause: 'failed', detail: '' }, { ...NOTHING, errors: record.errors, failed: record.failed }))
    .toMatchObject({ code: 'access-denied', resource: { name: 'a' } })
})
