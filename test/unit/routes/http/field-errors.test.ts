import { Ajv } from 'ajv'
import type { FastifySchemaValidationError } from 'fastify'
import { describe, expect, test } from 'vitest'
import { invalidFields } from '../../../../src/errors.ts'
import { fieldErrors } from '../../../../src/routes/http/field-errors.ts'
import { Spec } from '../../../../src/schemas/spec.ts'

const check = new Ajv({ allErrors: true, strict: false }).compile(Spec)
const explain = (body: unknown) => {
  check(body)
  return fieldErrors((check.errors ?? []) as FastifySchemaValidationError[])
}
const messageAt = (body: unknown, pointer: string) => explain(body).find((each) => each.pointer === pointer)?.message

const image = 'public.ecr.aws/docker/library/python:3.13'

describe('The words for a wrong field', () => {
  test('name every wrong field once', () => {
    const pointers = explain({ team: 'A', name: 3, jobs: { default: { image: '', vcpus: 3 } }, extra: 1 }).map(
      ({ pointer }) => pointer
    )
    expect(pointers.toSorted()).toEqual(['/extra', '/jobs/default/image', '/jobs/default/vcpus', '/name', '/team'])
  })

  test('say that several entries are not offered yet', () => {
    expect(messageAt({ team: 'vision', name: 'training', jobs: { aa: { image }, bb: { image } } }, '/jobs')).toContain(
      'exactly one entry'
    )
  })

  test('list what is allowed', () => {
    expect(
      messageAt({ team: 'vision', name: 'training', jobs: { default: { image, vcpus: 3 } } }, '/jobs/default/vcpus')
    ).toBe('must be one of 0.25, 0.5, 1, 2, 4, 8, 16')
  })

  test('escape names as JSON pointers do', () => {
    expect(messageAt({ team: 'vision', name: 'training', jobs: { default: { image } }, 'a/b~c': 1 }, '/a~1b~0c')).toBe(
      'is not a field that can be set here'
    )
  })

  test('point to the name of an entry that is not allowed', () => {
    const found = explain({ team: 'vision', name: 'training', jobs: { Default: { image } } })
    expect(found).toEqual([{ pointer: '/jobs/Default', message: 'is not a field that can be set here' }])
  })

  test('say whether the path or the query is meant', () => {
    const found = [{ keyword: 'required', instancePath: '', schemaPath: '', params: { missingProperty: 'id' } }]
    expect(fieldErrors(found, 'params').map(({ pointer }) => pointer)).toEqual(['#path/id'])
    expect(fieldErrors(found, 'querystring').map(({ pointer }) => pointer)).toEqual(['#query/id'])
    expect(fieldErrors(found, 'body').map(({ pointer }) => pointer)).toEqual(['/id'])
  })

  test('are no more than a hundred, and their number is', () => {
    const wrong = (count: number) =>
      invalidFields(Array.from({ length: count }, (_, index) => ({ pointer: `/${index}`, message: 'is wrong' })))
    expect(wrong(1)).toMatchObject({
      message: '1 field is wrong; nothing was stored',
      details: { errors: [{ pointer: '/0' }] }
    })
    expect(wrong(100).message).toBe('100 fields are wrong; nothing was stored')
    expect(wrong(100).details.errors).toHaveLength(100)
    expect(wrong(24_000).message).toBe('24000 fields are wrong, of which the first 100 are named; nothing was stored')
    expect(wrong(24_000).details.errors).toEqual(wrong(100).details.errors)
  })
})
