import type { ResourceState } from '../../state/resource.ts'

/** How one property changed, as a provider tells it (pulumirpc.PropertyDiff). */
export interface PropertyChange {
  diffKind: 'add' | 'add-replace' | 'delete' | 'delete-replace' | 'update' | 'update-replace'
  inputDiff: boolean
}

export interface StepDifference {
  /** Properties whose change needs a new resource. */
  keys: readonly string[]
  diffs: readonly string[]
  detailedDiff: Record<string, PropertyChange> | undefined
}

/**
 * What is to happen to one resource: a kind, what it was and what it will be. A replacement is three steps:
 * `create-replacement`, `replace`, which only tells, and the `delete` of what is `replaced`, first or last.
 */
export type DeploymentStep =
  | { kind: 'same', old: ResourceState, new: ResourceState }
  | { kind: 'create', new: ResourceState }
  | { kind: 'update', old: ResourceState, new: ResourceState, difference: StepDifference }
  /** `condemned`: what `old` is once the new one exists; `undefined`: it is gone already, and so leaves the state. */
  | {
    kind: 'create-replacement'
    old: ResourceState
    new: ResourceState
    difference: StepDifference
    condemned: ResourceState | undefined
  }
  | { kind: 'replace', old: ResourceState, new: ResourceState, difference: StepDifference }
  /** `keep`: it stays in the state, marked, until its replacement exists. */
  | { kind: 'delete', old: ResourceState, replaced: boolean, keep: boolean }
  /** `outcome`: what has become of it, once it is known; `new` is missing if it is gone. */
  | {
    kind: 'refresh'
    old: ResourceState
    new: ResourceState | undefined
    outcome: 'refresh' | 'same' | 'update' | 'delete'
    difference: StepDifference
  }
  /** What was deleted for a replacement that is not wanted any more leaves the state. */
  | { kind: 'forget', old: ResourceState }

export const oldOf = (step: DeploymentStep): ResourceState | undefined => 'old' in step ? step.old : undefined

export const newOf = (step: DeploymentStep): ResourceState | undefined => 'new' in step ? step.new : undefined

/** The resource a step is about. */
export const subjectOf = (step: DeploymentStep): ResourceState => 'old' in step ? newOf(step) ?? step.old : step.new

export const differenceOfStep = (step: DeploymentStep): StepDifference | undefined =>
  'difference' in step ? step.difference : undefined

/** The operation's name in events and summaries. */
export function operationOf (step: DeploymentStep): string {
  if (step.kind === 'delete' && step.replaced) return 'delete-replaced'
  if (step.kind === 'refresh') return step.outcome
  return step.kind === 'forget' ? 'remove-pending-replace' : step.kind
}

/** Whether a step counts as a change of its own; of a replacement only `replace` does. */
export const isLogical = (step: DeploymentStep): boolean =>
  step.kind !== 'create-replacement' &&
  step.kind !== 'forget' &&
  step.kind !== 'refresh' &&
  !(step.kind === 'delete' && step.replaced)
