import type { OperationKind } from '../../schemas/operation.ts'
import { apply } from './apply.ts'
import type { Done } from '../attempt/attempt.ts'
import type { Job } from './work-item.ts'
import { findDrift } from './drift-check.ts'
import { preview } from './preview.ts'
import { tearDown } from './tear-down.ts'

/** What each kind of operation does. Rejects with RunFailure or CloudFailure. */
export const WORK: Readonly<Record<OperationKind, (job: Job) => Promise<Done>>> = {
  create: apply,
  update: apply,
  delete: tearDown,
  preview,
  'drift-check': findDrift
}
