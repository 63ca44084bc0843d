import { SPEC_FIELDS, type ResolvedSpec, type Spec } from '../schemas/spec.ts'
import type { Placement } from '../schemas/team.ts'

/**
 * Fills every default in and applies the team's placement; the defaults stand with the fields, in schemas/spec-fields.
 * The spec must have passed the schema, `checkSpec` and `checkGuardrails`. Deterministic.
 */
export function resolveSpec (spec: Spec, placement: Placement): ResolvedSpec {
  return SPEC_FIELDS.resolve(spec, {}, { spec, placement })
}
