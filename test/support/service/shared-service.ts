import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { clearFaults } from '../http/faults.ts'
import { launch, newDataDir, type TestService, type TestServiceOptions } from './service.ts'

/**
 * One service for the tests of a file, each with environments of its own. Faults are cleared after each test, and the
 * service stops after the last.
 */
export function sharedService (options: Pick<TestServiceOptions, 'settings'> = {}): () => TestService {
  let service: TestService | undefined
  let dataDir: string | undefined
  const started = (): TestService => {
    if (!service) throw new Error('the service runs only while tests do')
    return service
  }

  beforeAll(async () => {
    dataDir = await newDataDir()
    service = await launch(dataDir, options)
  })
  afterEach(async () => { await clearFaults(started().client) })
  afterAll(async () => {
    await service?.service.stop()
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true })
  })
  return started
}
