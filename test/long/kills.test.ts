import { test } from 'vitest'
import { killWhileCreating, killWhileDeleting } from '../support/engine/kills.ts'

test.each([1, 5, 17, 24])(
  'killed when the provider had been asked %i times to create, the state names everything that may exist',
  killWhileCreating
)

test.each([1, 24])(
  'killed when the provider had been asked %i times to delete, the state names everything that is left',
  killWhileDeleting
)
