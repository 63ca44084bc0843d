import { describe, test } from 'vitest'
import { CHAOS_TIMEOUT_MILLISECONDS, surviveKills } from '../support/service/chaos.ts'

describe('Killed at any moment: service, runner, engine, alone and together', () => {
  test('nothing is lost, left behind or made twice', { timeout: CHAOS_TIMEOUT_MILLISECONDS }, async () =>
    surviveKills(100, async () => undefined)
  )
})
