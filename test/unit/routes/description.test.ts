import { describe, expect, test } from 'vitest'
import openapi from '../../../openapi/openapi.json' with { type: 'json' }

interface Answer {
  readonly headers?: object
  readonly content?: Readonly<Record<string, { schema: { $ref?: string } }>>
}
interface Operation {
  readonly operationId: string
  readonly parameters?: ReadonlyArray<{ in: string, name: string }>
  readonly responses?: Readonly<Record<string, Answer>>
}

const operations = Object.values(openapi.paths).flatMap((path) => Object.values(path) as Operation[])
const answers = operations.flatMap(({ operationId, responses = {} }) =>
  Object.entries(responses).map(([status, { headers = {}, content = {} }]) => ({
    at: `${operationId} ${status}`,
    status,
    headers: Object.keys(headers),
    content
  }))
)
const headersOf = (id: string) =>
  operations
    .find(({ operationId }) => operationId === id)
    ?.parameters?.filter((parameter) => parameter.in === 'header')
    .map(({ name }) => name) ?? []

describe('The description of the API', () => {
  test('has the ETag wherever an environment is answered, and on every request that may name one', () => {
    const without = answers.filter(
      ({ content, headers }) =>
        content['application/json']?.schema.$ref === '#/components/schemas/Environment' && !headers.includes('etag')
    )
    expect(without.map(({ at }) => at)).toEqual([])
    for (const id of ['updateEnvironment', 'putEnvironment', 'deleteEnvironment']) {
      expect([id, headersOf(id)]).toEqual([id, expect.arrayContaining(['if-match'])])
    }
  })

  test('says when to come back wherever the service may be unavailable', () => {
    const without = answers.filter(
      ({ status, content, headers }) =>
        status === '503' && 'application/problem+json' in content && !headers.includes('retry-after')
    )
    expect(without.map(({ at }) => at)).toEqual([])
  })

  test('has the stream of events beside the page, and how it is resumed', () => {
    expect(Object.keys(answers.find(({ at }) => at === 'listEvents 200')?.content ?? {})).toEqual([
      'application/json',
      'text/event-stream'
    ])
    expect(headersOf('listEvents')).toEqual(['last-event-id'])
  })
})
