import { Type, type Static } from 'typebox'
import { EnvironmentId, Slug, Timestamp, oneOf, refTo } from './names.ts'
import { Operation } from './operation.ts'
import { ResolvedSpec, Spec } from './spec.ts'

const PHASES = ['creating', 'ready', 'updating', 'degraded', 'failed', 'deleting', 'deleted'] as const
export type Phase = typeof PHASES[number]
export const PhaseName = oneOf(PHASES)
export const CloudName = oneOf(['sandbox', 'aws'], {
  description: '`sandbox`: simulated, nothing of it exists at AWS'
})

/** Values the environment's program returned, by snake_case name (docs/outputs.md). */
export const Outputs = Type.Object({
  ecs_cluster_name: Type.String(),
  job_queue_name: Type.String(),
  job_definition_arn: Type.String()
}, { $id: 'Outputs', additionalProperties: true })
export type Outputs = Static<typeof Outputs>

/** What is true of an environment beside its phase. */
export const Condition = Type.Object({
  type: Type.String(), status: Type.Boolean(), since: Timestamp, reason: Type.String()
})

/** A team's environment: what was asked for, what is, and where to look on. */
export const Environment = Type.Object(
  {
    id: EnvironmentId,
    team: Slug,
    name: Slug,
    cloud: CloudName,
    phase: PhaseName,
    generation: Type.Integer({ description: 'Counts specs' }),
    observedGeneration: Type.Union([Type.Integer(), Type.Null()], { description: 'The generation that is real' }),
    conditions: Type.Array(Condition),
    spec: refTo(Spec),
    resolved: refTo(ResolvedSpec),
    outputs: Type.Union([refTo(Outputs), Type.Null()]),
    operation: Type.Union([refTo(Operation), Type.Null()], { description: 'The newest operation that changes it' }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    links: Type.Object({
      self: Type.String(),
      outputs: Type.String(),
      operations: Type.String(),
      operation: Type.Union([Type.String(), Type.Null()])
    })
  },
  { $id: 'Environment' }
)
export type Environment = Static<typeof Environment>
