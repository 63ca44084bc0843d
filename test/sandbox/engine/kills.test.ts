import { test } from 'vitest'
import { killWhileCreating, killWhileDeleting } from '../../support/engine/kills.ts'

// At more moments: test/long/kills.test.ts.
test('killed in the middle of creates, the state names everything that may exist', async () => {
  await killWhileCreating(11)
})

test('killed in the middle of deletes, the state names everything that is left', async () => {
  await killWhileDeleting(9)
})
