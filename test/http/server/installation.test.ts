import { describe, expect, test } from 'vitest'
import { launch, withDataDir } from '../../support/service/service.ts'

describe('What is stored', () => {
  test('belongs to one cloud: a service of the other refuses to start on it, whatever its key', async () => {
    await withDataDir(async (dataDir) => {
      const { service } = await launch(dataDir)
      await service.stop()
      const settings = {
        BATCHYARD_CLOUD: 'aws',
        BATCHYARD_ENGINE: 'pulumi',
        BATCHYARD_ADMIN_KEY: 'an-admin-key-of-24-or-more-characters'
      }
      await expect(launch(dataDir, { settings })).rejects.toThrow(/holds environments of sandbox/)
    })
  })
})
