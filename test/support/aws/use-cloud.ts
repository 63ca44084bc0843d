import { afterAll, beforeAll, beforeEach } from 'vitest'
import { borrowCloud, type BorrowedCloud } from './cloud.ts'
import { connectProvider, type TestProvider } from './provider.ts'

/**
 * Lends one sandbox cloud to the tests of a file: each begins with an empty world and a provider of its own in
 * us-east-1.
 */
export function useCloud (lend: (lent: { cloud: BorrowedCloud, provider: TestProvider }) => void): void {
  let cloud: BorrowedCloud | undefined
  beforeAll(async () => { cloud = await borrowCloud() })
  afterAll(async () => { await cloud?.end() })
  beforeEach(async () => {
    if (!cloud) throw new Error('the sandbox cloud did not start')
    await cloud.control.reset()
    const provider = await connectProvider(cloud.grpcPort)
    lend({ cloud, provider })
    return () => { provider.close() }
  })
}
