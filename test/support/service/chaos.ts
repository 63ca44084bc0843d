import { expect } from 'vitest'
import { reportOf } from '../../../scripts/chaos/report.ts'
import { countKills, runChaos } from '../../../scripts/chaos/run.ts'

const engine = process.env.BATCHYARD_ENGINE === 'pulumi' ? 'pulumi' : 'sandbox'
const KILLS = 10

/** Each kill costs some starts of the service and of engines. */
export const CHAOS_TIMEOUT_MILLISECONDS = 900_000

/** Expects nothing to be lost, left behind or made twice; `npm run chaos` chooses more kills. */
export async function surviveKills (seed: number, freshDatabase: () => Promise<string | undefined>): Promise<void> {
  const report = await runChaos({ engine, freshDatabase, kills: KILLS, seed })
  expect(report.findings, reportOf(report)).toEqual([])
  expect(countKills(report.results)).toBeGreaterThanOrEqual(KILLS)
}
