import type { Phase } from '../../schemas/environment.ts'
import { CHANGING_KINDS, type OperationKind, type OperationState } from '../../schemas/operation.ts'
import type { EnvironmentOutcome } from '../../store/queries/environments.ts'
import type { EnvironmentRow, OperationInput } from '../../store/tables.ts'

export type EndState = Extract<OperationState, 'succeeded' | 'failed' | 'cancelled'>
export type ChangingKind = typeof CHANGING_KINDS[number]
type LivePhase = Exclude<Phase, 'deleted'>

/** Whether operations of this kind change their environment, so that one runs at a time. */
export function isChanging (kind: OperationKind): kind is ChangingKind {
  return CHANGING_KINDS.some((each) => each === kind)
}

/** The phase an environment is in while an operation of a kind waits or runs. */
export const PHASE_DURING = { create: 'creating', update: 'updating', delete: 'deleting' } as const satisfies Record<
  ChangingKind,
  LivePhase
>

type Unsuccessful = Readonly<Record<'everReady' | 'neverReady', LivePhase>>

/** A change that did not get through: the last good outputs of an environment that was ready once still hold. */
const UNSUCCESSFUL: Unsuccessful = { everReady: 'degraded', neverReady: 'failed' }
const SUCCESSFUL = { create: 'ready', update: 'ready', delete: 'deleted' } as const satisfies Record<
  ChangingKind,
  Phase
>

/**
 * The phase an operation leaves behind; what one that did not succeed made or left is in the state, to be carried on or deleted.
 * @param everReady whether the environment has been ready before this operation
 */
export function phaseAfter (kind: ChangingKind, state: EndState, everReady: boolean): Phase {
  return state === 'succeeded' ? SUCCESSFUL[kind] : UNSUCCESSFUL[everReady ? 'everReady' : 'neverReady']
}

/** The phase of an environment whose operation ended before it touched anything. */
function phaseUnchanged (
  { generation, observed_generation: observed, outputs }: EnvironmentRow,
  { degraded = false }: OperationInput
): LivePhase {
  if (observed === null) return 'failed'
  return observed === generation && outputs !== null && !degraded ? 'ready' : 'degraded'
}

/** What an operation has to know of its environment's phase, to put it back. */
export const phaseBefore = ({ phase }: EnvironmentRow): Pick<OperationInput, 'degraded'> =>
  phase === 'degraded' ? { degraded: true } : {}

interface Ended { readonly kind: ChangingKind, readonly input: OperationInput }

/**
 * What an ended operation makes of its environment. A delete that did not get through has taken away some of what the
 * outputs name.
 */
export function phaseAfterOperation (
  { kind, input }: Ended,
  state: EndState,
  environment: EnvironmentRow,
  nothingChanged: boolean
): Pick<EnvironmentOutcome, 'phase' | 'outputs'> {
  if (nothingChanged) return { phase: phaseUnchanged(environment, input) }
  return {
    phase: phaseAfter(kind, state, environment.observed_generation !== null),
    ...(kind === 'delete' && { outputs: null })
  }
}

/** Whether the environment is what its spec says, as far as Batchyard has seen to it. */
export function isReal ({ phase, generation, observed_generation: observed }: EnvironmentRow): boolean {
  return phase === 'ready' && observed === generation
}

export const DRIFTED = 'Drifted'

/** Whether the newest drift check found something. */
export function isDrifted ({ conditions }: EnvironmentRow): boolean {
  return conditions.some(({ type, status }) => type === DRIFTED && status)
}

export function hasEnded (state: OperationState): state is EndState {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}
