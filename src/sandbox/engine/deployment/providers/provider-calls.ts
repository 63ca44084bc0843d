import type { Properties } from '../../values/value.ts'

/** An input that a provider refuses. */
export interface RefusedInput {
  property: string
  reason: string
}

export interface CheckedInputs {
  inputs: Properties
  failures: RefusedInput[]
}

export interface Created {
  id: string
  outputs: Properties
}

/** How a resource is updated; a preview only computes the outputs. */
export interface UpdateOptions {
  /** Seconds; 0: the provider's own. */
  timeout: number
  ignoreChanges: readonly string[]
  preview: boolean
}

/** An existing resource, as calls to its provider need it. */
export interface ExistingResource {
  urn: string
  id: string
  inputs: Properties
  outputs: Properties
}
