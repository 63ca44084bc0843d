import type { OperationKind } from '../../schemas/operation.ts'
import { apply } from './apply.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import type { WorkItem } from './work-item.ts'
import { findDrift } from './drift-check.ts'
import { preview } from './preview.ts'
import { tearDown } from './tear-down.ts'

/** What each kind of operation does. Rejects with RunFailure or CloudFailure. */
export const HANDLERS: Readonly<Record<OperationKind, (item: WorkItem) => Promise<WorkResult>>> = {
  create: apply,
  update: apply,
  delete: tearDown,
  preview,
  'drift-check': findDrift
}
