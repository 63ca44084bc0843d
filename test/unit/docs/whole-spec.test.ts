import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { ResolvedSpec, Spec } from '../../../src/schemas/spec.ts'
import { checkSpec } from '../../../src/spec/check.ts'
import { documents } from './documents.ts'

const tour = documents().find(({ path }) => path === 'docs/tour.md')?.text ?? ''
const example = JSON.parse(/^```json\n(\{.*?)^```/ms.exec(tour)?.[1] ?? '{}') as Record<string, object>

test('the whole spec in the tour is a valid spec', () => {
  expect(Value.Errors(Spec, example)).toEqual([])
  expect(checkSpec(example, [], undefined)).toEqual([])
})

test('the whole spec in the tour names every field of the resolved spec', () => {
  const resolved = ResolvedSpec.properties
  expect(Object.keys(example)).toEqual(Object.keys(resolved))
  for (const part of ['deletion', 'driftIgnore', 'logs', 'network'] as const) {
    expect(Object.keys(example[part] ?? {})).toEqual(Object.keys(resolved[part].properties))
  }
})
