import { describe, expect, it } from 'vitest'
import { LOGS } from '../../../support/aws/declare.ts'
import type { TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'

let provider: TestProvider
useCloud((lent) => { ({ provider } = lent) })

describe('a log group', () => {
  it('has a retention CloudWatch knows, and a name nobody else has', async () => {
    await expect(provider.create(LOGS, 'logs', { retentionInDays: 10 })).rejects.toThrow(
      /expected retentionInDays to be one of/
    )
    await provider.create(LOGS, 'logs', { name: '/a/b', retentionInDays: 30 })
    await expect(provider.create(LOGS, 'other', { name: '/a/b' })).rejects.toThrow(
      /ResourceAlreadyExistsException: The specified log group already exists/
    )
  })
})
