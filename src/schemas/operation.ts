import { Type, type Static } from 'typebox'
import { EnvironmentId, OperationId, Timestamp, refTo } from './names.ts'
import { OperationError } from './problem.ts'

export const OPERATION_KINDS = ['create', 'delete'] as const
export type OperationKind = typeof OPERATION_KINDS[number]
export const OPERATION_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type OperationState = typeof OPERATION_STATES[number]

/** How far one cloud resource has come within an operation: its newest event. */
export const Step = Type.Object({
  urn: Type.String(),
  resourceType: Type.String(),
  name: Type.String(),
  action: Type.String(),
  status: Type.String(),
  id: Type.Optional(Type.String()),
  startedAt: Type.Optional(Timestamp),
  finishedAt: Type.Optional(Timestamp)
})
export type Step = Static<typeof Step>

/** One piece of work on an environment, from the queue to its end. */
export const Operation = Type.Object({
  id: OperationId,
  environmentId: EnvironmentId,
  kind: Type.Unsafe<OperationKind>({ type: 'string', enum: [...OPERATION_KINDS] }),
  state: Type.Unsafe<OperationState>({ type: 'string', enum: [...OPERATION_STATES] }),
  attempt: Type.Integer({ description: 'How often a worker has taken it up' }),
  progress: Type.Object({
    done: Type.Integer(),
    total: Type.Union([Type.Integer(), Type.Null()], { description: 'Resources in all; null until the program has run through' })
  }),
  steps: Type.Optional(Type.Array(Step)),
  error: Type.Union([refTo(OperationError), Type.Null()]),
  createdAt: Timestamp,
  startedAt: Type.Union([Timestamp, Type.Null()]),
  finishedAt: Type.Union([Timestamp, Type.Null()]),
  links: Type.Object({ self: Type.String(), environment: Type.String(), events: Type.String() })
}, { $id: 'Operation' })
export type Operation = Static<typeof Operation>
