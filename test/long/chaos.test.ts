import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countKills, runChaos } from '../../scripts/chaos/run.ts'
import { reportOf } from '../../scripts/chaos/report.ts'
import { findPostgres, startPostgres, type PostgresServer } from '../support/database/postgres.ts'

const engine = process.env.BATCHYARD_ENGINE === 'pulumi' ? 'pulumi' : 'sandbox'
const KILLS = 10
/** Each of them costs some starts of the service and of engines. */
const PATIENCE_MS = 900_000
const bin = findPostgres()
if (bin === undefined) {
  console.log('kills beside Postgres are not tested: initdb is neither on PATH nor in /usr/lib/postgresql')
}

/** `npm run chaos` draws more of them. */
async function survives (seed: number, freshDatabase: () => Promise<string | undefined>): Promise<void> {
  const report = await runChaos({ engine, freshDatabase, kills: KILLS, seed })
  expect(report.findings, reportOf(report)).toEqual([])
  expect(countKills(report.taken)).toBeGreaterThanOrEqual(KILLS)
}

describe('Killed at any moment: service, runner, engine, alone and together', () => {
  let postgres: PostgresServer | undefined
  beforeAll(async () => { postgres = bin === undefined ? undefined : await startPostgres(bin) })
  afterAll(async () => { await postgres?.stop() })

  test('nothing is lost, left behind or made twice', { timeout: PATIENCE_MS }, async () =>
    survives(100, async () => undefined)
  )

  test.skipIf(bin === undefined)('nor with a Postgres server as the database', { timeout: PATIENCE_MS }, async () =>
    survives(200, async () => postgres?.createDatabase())
  )
})
