import type { EnvironmentRow } from '../../store/tables.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import { apply } from './apply.ts'
import { checkDrift } from './drift-check.ts'
import { preview } from './preview.ts'
import { tearDown } from './tear-down.ts'
import type { Work } from './work-item.ts'

/**
 * Does what the kind of the operation asks for.
 * @param environment absent where the operation is a preview of an environment that does not exist yet
 * @throws RunFailure, CloudFailure, or NothingChangedError with either of them as its cause
 */
export async function carryOut (work: Work, environment: EnvironmentRow | undefined): Promise<WorkResult> {
  const { operation } = work.attempt
  if (operation.kind === 'preview') return preview({ ...work, environment, input: operation.input.preview })
  if (!environment) throw new Error(`operation ${operation.id} has no environment`)
  switch (operation.kind) {
    case 'create':
    case 'update':
      return apply({ ...work, environment, input: operation.input })
    case 'delete':
      return tearDown({ ...work, environment, input: operation.input })
    case 'drift-check':
      return checkDrift({ ...work, environment, input: undefined })
  }
}
