import type { ResolvedSpec } from '../schemas/spec.ts'
import type { Placement } from '../schemas/team.ts'

/** All the program knows. Plain data: it crosses process boundaries. */
export interface EnvironmentInput {
  /** The environment's id, which is also the stack's name. Cloud names carry a hash of it. */
  readonly id: string
  readonly team: string
  readonly name: string
  readonly spec: ResolvedSpec
  readonly placement: Placement
}
