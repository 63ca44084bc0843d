import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { components } from '../../../client/schema.d.ts'
import type { Environment, Operation, Problem } from '../../../client/index.ts'
import { call, type Answer } from '../../support/http/call.ts'
import { findPostgres, startPostgres } from '../../support/database/postgres.ts'
import { launch, SPEC, withDataDir, type TestService } from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'

type NewKey = components['schemas']['NewKey']

const asked = (key: string, more: Readonly<Record<string, string>> = {}) => ({ 'idempotency-key': key, ...more })
const create = async <Body = Environment>(
  base: string,
  name: string,
  key: string,
  more: object = {}
): Promise<Answer<Body>> =>
  call<Body>(base, 'POST', '/environments', { body: { ...SPEC, name, ...more }, headers: asked(key) })
const operationsOf = async (base: string, id: string) =>
  (await call<{ items: Operation[] }>(base, 'GET', `/environments/${id}/operations`)).body.items

/** What makes two answers the same: all of it but the request's own id and time. */
const seen = ({ status, headers, body }: Answer<unknown>) => {
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
  return { status, headers: kept, body }
}

describe('An Idempotency-Key', () => {
  const service = sharedService()

  test('answers the same request as before, and does it once', async () => {
    const { base } = service()
    const first = await create(base, 'once', '"8e03978e-40d5-43dd-bc93-6894a57f9324"')
    expect(first.status).toBe(202)
    // The draft's quotes are part of the header, not of the key.
    const second = await create(base, 'once', '8e03978e-40d5-43dd-bc93-6894a57f9324')
    expect(seen(second)).toEqual(seen(first))
    expect(await operationsOf(base, first.body.id)).toHaveLength(1)

    const check = async () =>
      call<Operation>(base, 'POST', `/environments/${first.body.id}/drift-checks`, { headers: asked('check') })
    expect(seen(await check())).toEqual(seen(await check()))
    expect((await operationsOf(base, first.body.id)).map(({ kind }) => kind)).toEqual(['drift-check', 'create'])
  })

  test('makes ten of one instant one', async () => {
    const { base } = service()
    const answers = await Promise.all(Array.from({ length: 10 }, async () => create(base, 'ten', 'ten-at-once')))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202))
    for (const answer of answers) expect(seen(answer)).toEqual(seen(answers[0] ?? answer))
    expect(await operationsOf(base, answers[0]?.body.id ?? '')).toHaveLength(1)
  })

  test('of another request is refused: another body, another path, another condition', async () => {
    const { base } = service()
    const first = await create(base, 'reused', 'reused')
    const again = async (method: string, path: string, body: unknown, more: Readonly<Record<string, string>> = {}) => {
      const { status, body: { code } } = await call(base, method, path, { body, headers: asked('reused', more) })
      return `${status} ${code}`
    }
    const spec = { ...SPEC, name: 'reused' }
    expect(await again('POST', '/environments', { ...spec, labels: { a: 'b' } })).toBe('422 idempotency-key-reused')
    expect(await again('POST', '/previews', spec)).toBe('422 idempotency-key-reused')
    expect(await again('POST', '/environments', spec, { 'if-preview': 'op_00000000000000000000000000' })).toBe(
      '422 idempotency-key-reused'
    )
    expect(await again('PATCH', `/environments/${first.body.id}`, spec)).toBe('422 idempotency-key-reused')

    const put = async (more: Readonly<Record<string, string>>) =>
      call<Problem>(base, 'PUT', '/teams/vision/environments/reused', {
        body: { jobs: SPEC.jobs },
        headers: asked('put', more)
      })
    expect((await put({})).status).toBe(200)
    expect((await put({ 'if-none-match': '*' })).body.code).toBe('idempotency-key-reused')

    const change = async (query: string) =>
      call<Problem>(base, 'PATCH', `/environments/${first.body.id}${query}`, { body: {}, headers: asked('changed') })
    expect((await change('?jobs=refuse')).status).toBe(200)
    expect((await change('?jobs=terminate')).body.code).toBe('idempotency-key-reused')
    expect(await operationsOf(base, first.body.id)).toHaveLength(1)
  })

  test.each(['', ' ', '""', 'two words', '"open', 'a"b c"', 'k'.repeat(256), 'schlüssel'])(
    'that reads %j is refused',
    async (key) => {
      const { status, body } = await create<Problem>(service().base, 'unread', key)
      // Of an empty header nobody can say whether it was meant.
      expect([status, ['malformed-request', 'validation-failed']]).toEqual([400, expect.arrayContaining([body.code])])
    }
  )

  test('is not used up by a request that was refused', async () => {
    const { base } = service()
    const body = { name: 'portal', scope: 'team', team: 'newcomers' }
    const make = async <Body>() => call<Body>(base, 'POST', '/keys', { body, headers: asked('refused-first') })
    expect((await make<Problem>()).body.errors?.[0]?.pointer).toBe('/team')
    await call(base, 'PUT', '/teams/newcomers', { body: { placement: { region: 'eu-central-1' } } })
    const made = await make<NewKey>()
    expect([made.status, made.body.team]).toEqual([201, 'newcomers'])
  })

  test('repeats a new key whose token the database does not hold, and is one for each team', async () => {
    const {
      base,
      service: {
        context: {
          database: { db }
        }
      }
    } = service()
    const make = async (name: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
      call<NewKey>(base, 'POST', '/keys', { body: { name, ...body }, headers: asked(`key-${name}`, headers) })
    for (const team of ['vision', 'speech']) {
      await call(base, 'PUT', `/teams/${team}`, { body: { placement: { region: 'eu-central-1' } } })
    }
    const [vision, speech] = [
      await make('vision', { scope: 'team', team: 'vision' }),
      await make('speech', { scope: 'team', team: 'speech' })
    ]
    // From here on the service asks for keys.
    const admin = await make('admin', { scope: 'admin' })
    const bearer = ({ body: { token } }: Answer<NewKey>) => ({ authorization: `Bearer ${token}` })
    const again = await make('admin', { scope: 'admin' }, bearer(admin))
    expect(seen(again)).toEqual(seen(admin))
    expect(
      (await call<{ items: unknown[] }>(base, 'GET', '/keys', { headers: bearer(admin) })).body.items.length
    ).toBeGreaterThanOrEqual(3)

    const { rows } = await sql<Record<string, unknown>>`select * from idempotency_keys`.execute(db)
    const stored = rows
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
      .join('\n')
    for (const secret of [admin.body.token, admin.body.token.split('.')[2] ?? '', admin.body.id, 'key-admin']) {
      expect(stored).not.toContain(secret)
    }

    const post = async (key: Answer<NewKey>, team: string) =>
      call<Environment>(base, 'POST', '/environments', {
        body: { ...SPEC, team, name: 'own' },
        headers: asked('shared', bearer(key))
      })
    const [theirs, others] = [await post(vision, 'vision'), await post(speech, 'speech')]
    expect([theirs.status, others.status, theirs.body.team, others.body.team]).toEqual([202, 202, 'vision', 'speech'])
    expect((await post(vision, 'vision')).body.id).toBe(theirs.body.id)
  })

  const bin = findPostgres()
  test.skipIf(bin === undefined)('is one for two replicas, at the same instant too', async () => {
    const server = await startPostgres(bin ?? '')
    const replicas: TestService[] = []
    try {
      await withDataDir(async (dataDir) => {
        const settings = { DATABASE_URL: await server.createDatabase(), BATCHYARD_ROLE: 'api' }
        for (let n = 0; n < 2; n++) replicas.push(await launch(dataDir, { settings }))
        const answers = await Promise.all(
          Array.from({ length: 12 }, async (_, n) => create(replicas[n % 2]?.base ?? '', 'both', 'both'))
        )
        for (const answer of answers) expect(seen(answer)).toEqual(seen(answers[0] ?? answer))
        expect(answers[0]?.status).toBe(202)
        expect(await operationsOf(replicas[1]?.base ?? '', answers[0]?.body.id ?? '')).toHaveLength(1)
        for (const replica of replicas.splice(0)) await replica.service.stop()
      })
    } finally {
      for (const replica of replicas) await replica.service.stop()
      await server.stop()
    }
  })
})
