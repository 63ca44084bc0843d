import { expect, test } from 'vitest'
import { findEngine } from '../../../src/engine/index.ts'
import { withEngine } from '../../support/engine/harness.ts'

const sandbox = await findEngine({ engine: 'sandbox', cloud: 'sandbox', path: '' })

test('an engine of another host is gone when that host is known to be, and of any other nobody can tell', async () => {
  await withEngine(sandbox, async ({ engine }) => {
    const { signal } = new AbortController()
    await engine.waitForExit({ host: 'gone', pid: 1, startTime: '1' }, signal)
    await expect(engine.waitForExit({ host: 'elsewhere', pid: 1, startTime: '1' }, signal)).rejects.toMatchObject({
      error: { code: 'state-locked', transient: true }
    })
  }, { isHostGone: async (host) => host === 'gone' })
})
