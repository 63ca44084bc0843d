import { sql } from 'kysely'
import { tmpdir } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BatchyardClient, Environment, Operation } from '../../client/index.ts'
import { openDatabase } from '../../src/store/database/open-database.ts'
import { isDatabaseAway } from '../../src/store/database/errors.ts'
import { silentLog } from '../support/log.ts'
import { findPostgres, startPostgres, type PostgresServer } from '../support/database/postgres.ts'
import { SPEC, ended, post, resources, withService, type TestService } from '../support/service/service.ts'

/** At this speed a create takes some seconds: long enough to be met in the middle. */
const SLOW = '0.05'
const bin = findPostgres()
if (bin === undefined) {
  console.log('a database that is away is not tested: initdb is neither on PATH nor in /usr/lib/postgresql')
}

describe.skipIf(bin === undefined)('While Postgres is away', () => {
  let postgres: PostgresServer
  beforeAll(async () => { postgres = await startPostgres(bin ?? '') })
  afterAll(async () => { await postgres.stop() })

  const onPostgres = async (use: (service: TestService) => Promise<void>) =>
    withService(use, { settings: { DATABASE_URL: await postgres.createDatabase(), BATCHYARD_SANDBOX_SPEED: SLOW } })

  const ways = [
    {
      how: 'crashed',
      leave: async () => {
        await postgres.crash()
      },
      comeBack: async () => {
        await postgres.restart()
      }
    },
    { how: 'accepts and hangs', ...freezing() }
  ]
  function freezing () {
    let thaw = (): void => {}
    return { leave: async () => { thaw = postgres.freeze() }, comeBack: async () => { thaw() } }
  }

  test.each(ways)(
    'it $how: requests are answered 503 with Retry-After, and what runs succeeds',
    async ({ leave, comeBack }) => {
      await onPostgres(async ({ base, client }) => {
        const accepted = await someWay(client)
        await leave()
        try {
          await expectUnavailable(base)
        } finally {
          await comeBack()
        }
        await eventually(async () => (await fetch(`${base}/readyz`)).status, 200)

        const { operation, events } = await ended(client, accepted.operation)
        expect(operation).toMatchObject({ state: 'succeeded', attempt: 1 })
        expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
        expect(events.at(-1)?.event).toMatchObject({ type: 'state', state: 'succeeded' })

        // What was refused was not half-written: its name is free.
        const again = await post(client, { ...SPEC, name: 'refused' })
        expect((await ended(client, again.operation)).operation.state).toBe('succeeded')
        const { data } = await client.GET('/environments', {})
        expect(data?.items.map(({ name, phase }) => [name, phase])).toEqual([
          ['refused', 'ready'],
          [SPEC.name, 'ready']
        ])
      })
    }
  )

  test('one connection that is cut fails its statement and nothing else', async () => {
    const database = await openDatabase({ url: await postgres.createDatabase(), dataDir: tmpdir(), log: silentLog })
    try {
      const cut = expect(sql`select pg_sleep(60)`.execute(database.db)).rejects.toSatisfy(isDatabaseAway)
      const others = sql`select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)'
        and pid <> pg_backend_pid()`
      await eventually(async () => (await others.execute(database.db)).rows.length > 0, true)
      await cut
      await database.ping()
    } finally {
      await database.close()
    }
  })

  /** A create in the middle. */
  async function someWay (client: BatchyardClient): Promise<Environment & { operation: Operation }> {
    const accepted = await post(client)
    while ((await resources(client)).length === 0) await delay(50)
    return accepted
  }

  async function expectUnavailable (base: string): Promise<void> {
    expect((await fetch(`${base}/livez`)).status).toBe(200)
    await eventually(async () => (await fetch(`${base}/readyz`)).status, 503)
    expect(await (await fetch(`${base}/readyz`)).json()).toMatchObject({
      status: 'not-ready',
      checks: { database: { ok: false } }
    })
    const body = JSON.stringify({ ...SPEC, name: 'refused' })
    const answers = await Promise.all([
      fetch(`${base}/environments`),
      fetch(`${base}/environments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
      // More than there are connections.
      ...Array.from({ length: 20 }, async () => fetch(`${base}/teams`))
    ])
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).toEqual([
        503,
        'application/problem+json',
        '5'
      ])
      expect(await answer.json()).toMatchObject({ code: 'unavailable', status: 503 })
    }
  }

  const eventually = async (look: () => Promise<unknown>, expected: unknown) =>
    expect.poll(look, { timeout: 120_000, interval: 100 }).toBe(expected)
})
