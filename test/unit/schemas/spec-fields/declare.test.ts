import { Type } from 'typebox'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import {
  field, fieldOrNull, group, mainEntry, mapByName, requiredField
} from '../../../../src/schemas/spec-fields/declare.ts'
import { SPEC_FIELDS } from '../../../../src/schemas/spec.ts'

const context = { spec: { jobs: {} }, placement: { region: 'eu-central-1' } }

const disk = group({
  path: requiredField(Type.String()),
  sizeGiB: field(Type.Integer(), { default: 20, unit: 'GiB' }),
  copies: field(Type.Integer(), {
    defaultFrom: ({ sizeGiB = 0 }: { sizeGiB?: number }) => sizeGiB > 100 ? 2 : 1,
    defaultText: 'two of a large disk'
  }),
  zone: fieldOrNull(Type.String(), { default: null })
})
const machine = group({
  disks: mapByName(disk, { description: 'Disks by name' }),
  tags: field(Type.Array(Type.String()), { default: [] })
})

describe('a declared field', () => {
  it('may be left out of a request unless it is required, and is always resolved', () => {
    expect(disk.request).toMatchObject({ required: ['path'], additionalProperties: false })
    expect(disk.resolved).toMatchObject({ required: ['path', 'sizeGiB', 'copies', 'zone'] })
  })

  it('takes its default from the fields beside it, as given', () => {
    expect(disk.resolve({ path: '/a', sizeGiB: 500 }, {}, context)).toMatchObject({ sizeGiB: 500, copies: 2 })
    expect(disk.resolve({ path: '/a' }, {}, context)).toEqual({ path: '/a', sizeGiB: 20, copies: 1, zone: null })
  })

  it('of the kind that may be null cannot be null in a request', () => {
    expect(Value.Check(disk.request, { path: '/a', zone: null })).toBe(false)
    expect(Value.Check(disk.resolved, { path: '/a', sizeGiB: 1, copies: 1, zone: null })).toBe(true)
  })

  it('shares no value with another spec that has the same default', () => {
    const [one, other] = [1, 2].map(() => machine.resolve({ disks: { a: { path: '/a' } } }, {}, context))
    one?.tags.push('changed')
    expect(other?.tags).toEqual([])
  })

  it('is required as part of a group or a map whose request must give it', () => {
    expect(machine.request).toMatchObject({ required: ['disks'] })
  })

  it('is listed under its path, with its unit and default', () => {
    expect(machine.rows([]).map(({ path, unit, default: text }) => [path.join('.'), unit, text])).toEqual([
      ['disks.<name>.path', undefined, undefined],
      ['disks.<name>.sizeGiB', 'GiB', '`20`'],
      ['disks.<name>.copies', undefined, 'two of a large disk'],
      ['disks.<name>.zone', undefined, '`null`'],
      ['tags', undefined, '`[]`']
    ])
  })
})

describe('a map by name', () => {
  it('that is left out has one entry, called default', () => {
    const queues = mapByName(group({ priority: field(Type.Integer(), { default: 1 }) }), { description: 'Queues' })
    expect(queues.resolve(undefined, {}, context)).toEqual({ default: { priority: 1 } })
  })
})

describe('the fields of a spec', () => {
  it('have defaults that their schemas take', () => {
    const fixed = SPEC_FIELDS.rows([]).filter((row) => row.default?.startsWith('`') === true)
    expect(fixed.length).toBeGreaterThan(10)
    for (const row of fixed) {
      expect([row.path, Value.Check(row.schema, JSON.parse(row.default?.slice(1, -1) ?? ''))]).toEqual([row.path, true])
    }
  })
})

describe('mainEntry', () => {
  it('is the one called default, or else the first', () => {
    expect(mainEntry({ aa: 1, default: 2 })).toEqual(['default', 2])
    expect(mainEntry({ bb: 1, aa: 2 })).toEqual(['bb', 1])
  })
})
