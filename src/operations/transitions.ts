import type { Phase } from '../schemas/environment.ts'
import type { OperationKind, OperationState } from '../schemas/operation.ts'

export type EndState = Extract<OperationState, 'succeeded' | 'failed' | 'cancelled'>
type LivePhase = Exclude<Phase, 'deleted'>

/** The phase an environment is in while an operation of a kind waits or runs. */
export const PHASE_DURING = { create: 'creating', delete: 'deleting' } as const satisfies Record<OperationKind, LivePhase>

/**
 * The phase an operation leaves behind. A delete that did not get through leaves what it could not remove: `degraded` if
 * the environment was ready once, else `failed`; both can be deleted again.
 */
const PHASE_AFTER: Readonly<Record<OperationKind, Readonly<Record<EndState, { everReady: Phase, neverReady: Phase }>>>> = {
  create: {
    succeeded: { everReady: 'ready', neverReady: 'ready' },
    failed: { everReady: 'failed', neverReady: 'failed' },
    cancelled: { everReady: 'failed', neverReady: 'failed' }
  },
  delete: {
    succeeded: { everReady: 'deleted', neverReady: 'deleted' },
    failed: { everReady: 'degraded', neverReady: 'failed' },
    cancelled: { everReady: 'degraded', neverReady: 'failed' }
  }
}

/** @param everReady whether the environment has been ready before this operation */
export function phaseAfter (kind: OperationKind, state: EndState, everReady: boolean): Phase {
  return PHASE_AFTER[kind][state][everReady ? 'everReady' : 'neverReady']
}

export function hasEnded (state: OperationState): state is EndState {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}
