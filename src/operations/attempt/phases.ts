import type { Phase } from '../../schemas/environment.ts'
import { CHANGING_KINDS, type OperationKind, type OperationState } from '../../schemas/operation.ts'
import type { EnvironmentOutcome } from '../../store/queries/environments.ts'
import type { ApplyInput, ChangingRow, EnvironmentRow, OperationRow } from '../../store/tables.ts'

export type EndState = Extract<OperationState, 'succeeded' | 'failed' | 'cancelled'>
export type ChangingKind = typeof CHANGING_KINDS[number]
type LivePhase = Exclude<Phase, 'deleted'>

/** Whether operations of this kind change their environment, so that one runs at a time. */
export function isChanging (kind: OperationKind): kind is ChangingKind {
  return CHANGING_KINDS.some((each) => each === kind)
}

/** Whether an operation changes its environment. */
export function changesEnvironment (operation: OperationRow): operation is ChangingRow {
  return isChanging(operation.kind)
}

/** The phase an environment is in while an operation of a kind waits or runs. */
export const PHASE_DURING = { create: 'creating', update: 'updating', delete: 'deleting' } as const satisfies Record<
  ChangingKind,
  LivePhase
>

type Unsuccessful = Readonly<Record<'everReady' | 'neverReady', LivePhase>>

/** After a change that did not succeed. The last good outputs of an environment that was ready before still hold. */
const UNSUCCESSFUL: Unsuccessful = { everReady: 'degraded', neverReady: 'failed' }
const SUCCESSFUL = { create: 'ready', update: 'ready', delete: 'deleted' } as const satisfies Record<
  ChangingKind,
  Phase
>

/**
 * The phase after an operation. What it made or left without success is in the state, to be carried on or deleted.
 * @param everReady whether the environment has been ready before this operation
 */
export function phaseAfter (kind: ChangingKind, state: EndState, everReady: boolean): Phase {
  return state === 'succeeded' ? SUCCESSFUL[kind] : UNSUCCESSFUL[everReady ? 'everReady' : 'neverReady']
}

/** The phase of an environment whose operation ended before it changed anything. */
function phaseUnchanged (
  { generation, observed_generation: observed, outputs }: EnvironmentRow, degraded: boolean
): LivePhase {
  if (observed === null) return 'failed'
  return observed === generation && outputs !== null && !degraded ? 'ready' : 'degraded'
}

/** What an operation must know of its environment's phase to restore it. */
export const phaseBefore = ({ phase }: EnvironmentRow): Pick<ApplyInput, 'degraded'> =>
  phase === 'degraded' ? { degraded: true } : {}

/** How an operation ended; `nothingChanged`: before it changed anything. */
interface End { readonly state: EndState, readonly nothingChanged: boolean }

/**
 * The phase and the outputs of an environment after an operation. A delete that did not succeed may have deleted what
 * the outputs name.
 */
export function phaseAfterOperation (
  { kind, input: { degraded = false } }: Pick<ChangingRow, 'kind' | 'input'>,
  environment: EnvironmentRow,
  { state, nothingChanged }: End
): Pick<EnvironmentOutcome, 'phase' | 'outputs'> {
  if (nothingChanged) return { phase: phaseUnchanged(environment, degraded) }
  return {
    phase: phaseAfter(kind, state, environment.observed_generation !== null),
    ...(kind === 'delete' && { outputs: null })
  }
}

/** Whether the environment is what its spec says, as far as Batchyard knows without looking at the cloud. */
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
