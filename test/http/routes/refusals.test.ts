import { describe, expect, test } from 'vitest'
import { REQUEST_CODES } from '../../../src/error-codes.ts'
import { GARBAGE, MALFORMED } from '../../support/http/malformed.ts'
import { send, sendBytes, type RawAnswer } from '../../support/http/raw.ts'
import { ended, post, resources, type TestService } from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'
import type { Operation, Problem } from '../../../client/index.ts'

/** Why an answer is not a good refusal; nothing where it is one. */
function flaws (what: string, { status, headers, body }: RawAnswer): string[] {
  if (status < 400 || status > 499) return [`${what}: ${status} ${body.slice(0, 300)}`]
  if (!headers['content-type']?.startsWith('application/problem+json')) {
    return [`${what}: ${headers['content-type']} ${body.slice(0, 100)}`]
  }
  const problem = JSON.parse(body) as Problem
  const whole =
    problem.status === status &&
    problem.code in REQUEST_CODES &&
    problem.requestId.startsWith('req_') &&
    problem.title !== '' &&
    problem.detail !== ''
  const named = problem.code !== 'validation-failed' || (problem.errors ?? []).length > 0
  return whole && named && body.length < 16_384 ? [] : [`${what}: ${body.slice(0, 300)}`]
}

async function expectNoTrace ({ client, service }: TestService): Promise<void> {
  expect((await client.GET('/environments', {})).data?.items).toEqual([])
  expect((await client.GET('/teams', {})).data?.items).toEqual([])
  expect((await client.GET('/keys', {})).data?.items).toEqual([])
  expect((await client.GET('/sandbox/faults', {})).data?.items).toEqual([])
  expect(await resources(client)).toEqual([])
  expect(await service.context.database.db.selectFrom('operations').selectAll().execute()).toEqual([])
  expect(await service.context.queue.depth()).toBe(0)
}

describe('A request that cannot work', () => {
  const service = sharedService()

  test('is refused with a problem in each of more than 200 ways, and leaves nothing behind', async () => {
    expect(new Set(MALFORMED.map(({ request }) => JSON.stringify(request))).size).toBeGreaterThan(200)
    const started = service()
    const found: string[] = []
    for (const { what, request } of MALFORMED) found.push(...flaws(what, await send(started.base, request)))
    for (const [what, bytes] of Object.entries(GARBAGE)) {
      found.push(...flaws(what, await sendBytes(started.base, bytes)))
    }
    expect(found).toEqual([])
    await expectNoTrace(started)
  })

  test('names the wrong part of path and query, and the first hundred of very many faults in a body', async () => {
    const started = service()
    const refused = async (request: Parameters<typeof send>[1]) =>
      JSON.parse((await send(started.base, request)).body) as Problem
    const pointers = async (path: string) => (await refused({ path })).errors?.map(({ pointer }) => pointer)
    expect(await pointers('/environments?limit=0&other=1')).toEqual(
      expect.arrayContaining(['#query/limit', '#query/other'])
    )
    expect(await pointers('/environments?cursor=abc')).toEqual(['#query/cursor'])
    expect(await pointers('/environments?label=stage&label=%3Ddev&label=stage%3Ddev&label=stage%3D%3B')).toEqual([
      '#query/label/0',
      '#query/label/1',
      '#query/label/3'
    ])
    expect(await pointers('/environments?team=a%00b')).toEqual(['#query/team'])
    expect(await pointers('/environments/x')).toEqual(['#path/id'])
    expect(await pointers('/operations/op_00000000000000000000000000/events?after=1e300')).toEqual(['#query/after'])

    const labels = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`;${index}`, 'x']))
    const { detail, errors } = await refused({
      method: 'POST',
      path: '/environments',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        team: 'a\u0000b',
        name: 'training',
        jobs: { default: { image: 'a', command: ['\ud800'] } },
        labels
      })
    })
    expect(errors).toHaveLength(100)
    expect(errors?.map(({ pointer }) => pointer).slice(0, 2)).toEqual(['/team', '/jobs/default/command/0'])
    // Each label, the map of them, and the two texts.
    expect(detail).toContain('303 fields are wrong')
  })

  test('is answered with all its wrong fields at once, by pointer, without long values', async () => {
    const started = service()
    const secret = `hunter2-${'s'.repeat(2_000)}`
    const { status, body } = await send(started.base, {
      method: 'POST',
      path: '/environments',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        team: 'Vision!',
        name: secret,
        region: 'mars-north-1',
        other: true,
        jobs: {
          default: { image: 'has a space', vcpus: 1, memoryMiB: 512, environment: { TOKEN: 5, [secret]: 'x' } }
        },
        network: { subnets: ['subnet-1'] }
      })
    })
    expect(status).toBe(400)
    const { code, errors = [] } = JSON.parse(body) as Problem
    expect(code).toBe('validation-failed')
    expect(errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining([
        '/team',
        '/name',
        '/other',
        '/region',
        '/jobs/default/image',
        '/jobs/default/memoryMiB',
        '/jobs/default/environment/TOKEN',
        '/network/subnets/0'
      ])
    )
    expect(body).not.toContain('s'.repeat(200))
    expect(JSON.stringify(started.log)).not.toContain('hunter2')
    await expectNoTrace(started)
  })

  test('is not one that only names a type for the body it does not have', async () => {
    const { base, client } = service()
    const ask = async (method: string, path: string, body?: string) =>
      send(base, {
        method,
        path,
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body })
      })
    const { id, operation } = await post(client)
    const check = await ask('POST', `/environments/${id}/drift-checks`)
    const ofOperation = async (what: string, { body }: RawAnswer) =>
      ask('POST', `/operations/${(JSON.parse(body) as Operation).id}/${what}`)
    expect([
      check.status,
      (await ofOperation('cancel', check)).status,
      (await ofOperation('retry', check)).status
    ]).toEqual([202, expect.toBeOneOf([200, 202]), 409])
    expect((await ended(client, operation)).operation.state).toBe('succeeded')
    for (const [method, path] of [
      ['POST', '/environments'],
      ['PATCH', `/environments/${id}`],
      ['PUT', '/teams/vision/environments/training']
    ] as const) {
      const { status, body } = await ask(method, path)
      expect([method, status, JSON.parse(body)]).toEqual([
        method,
        400,
        expect.objectContaining({
          code: 'malformed-request',
          detail: expect.stringContaining('Body cannot be empty')
        })
      ])
    }
    expect([
      (await ask('POST', '/environments', '{"__proto__":{"a":1}}')).status,
      (await ask('DELETE', `/environments/${id}`, '{')).status
    ]).toEqual([400, 400])
    expect((await ask('DELETE', `/environments/${id}`)).status).toBe(202)
  })
})
