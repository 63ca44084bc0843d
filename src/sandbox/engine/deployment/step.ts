import type { ResourceState } from '../state/resource.ts'

/** How one property changed, as a provider tells it (pulumirpc.PropertyDiff). */
export interface PropertyChange {
  diffKind: 'add' | 'add-replace' | 'delete' | 'delete-replace' | 'update' | 'update-replace'
  inputDiff: boolean
}

export interface StepDifference {
  diffs: string[]
  detailedDiff: Record<string, PropertyChange> | undefined
}

/** What is to happen to one resource: a kind, what it was and what it will be. */
export type Step =
  | { kind: 'same', old: ResourceState, new: ResourceState }
  | { kind: 'create', new: ResourceState }
  | { kind: 'update', old: ResourceState, new: ResourceState, difference: StepDifference }
  | { kind: 'delete', old: ResourceState, replaced: boolean }

export const oldOf = (step: Step): ResourceState | undefined => 'old' in step ? step.old : undefined

export const newOf = (step: Step): ResourceState | undefined => 'new' in step ? step.new : undefined

/** The resource a step is about. */
export const subjectOf = (step: Step): ResourceState => 'new' in step ? step.new : step.old

/** The operation's name in events and summaries. */
export const operationOf = (step: Step): string => step.kind === 'delete' && step.replaced ? 'delete-replaced' : step.kind
