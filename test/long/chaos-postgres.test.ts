import { afterAll, beforeAll, describe, test } from 'vitest'
import { findPostgres, startPostgres, type PostgresServer } from '../support/database/postgres.ts'
import { CHAOS_TIMEOUT_MILLISECONDS, surviveKills } from '../support/service/chaos.ts'

const bin = findPostgres()
if (bin === undefined) {
  console.log('kills beside Postgres are not tested: initdb is neither on PATH nor in /usr/lib/postgresql')
}

describe.skipIf(bin === undefined)('Killed at any moment, with a Postgres server as the database', () => {
  let postgres: PostgresServer
  beforeAll(async () => { postgres = await startPostgres(bin ?? '') })
  afterAll(async () => { await postgres.stop() })

  test('nothing is lost, left behind or made twice', { timeout: CHAOS_TIMEOUT_MILLISECONDS }, async () =>
    surviveKills(200, async () => postgres.createDatabase())
  )
})
