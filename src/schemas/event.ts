import { Type, type Static } from 'typebox'
import { OperationId, Timestamp, oneOf } from './names.ts'

const RESOURCE_ACTIONS = ['create', 'update', 'replace', 'delete', 'read', 'same'] as const
const RESOURCE_STATUSES = ['started', 'succeeded', 'failed'] as const

/** The program has run through: so many cloud resources will be worked on. */
const PlanEvent = Type.Object({ type: Type.Literal('plan'), total: Type.Integer() })

/** One cloud resource started, succeeded or failed. `name` is the logical name, `urn` Pulumi's. */
const ResourceEvent = Type.Object({
  type: Type.Literal('resource'),
  action: oneOf(RESOURCE_ACTIONS),
  status: oneOf(RESOURCE_STATUSES),
  urn: Type.String(),
  resourceType: Type.String({ examples: ['aws:batch/jobQueue:JobQueue'] }),
  name: Type.String(),
  id: Type.Optional(Type.String({ description: 'The cloud\'s id, once known' }))
})

/** A message of the engine or the cloud. */
const DiagnosticEvent = Type.Object({
  type: Type.Literal('diagnostic'),
  severity: oneOf(['info', 'warning', 'error']),
  message: Type.String(),
  urn: Type.Optional(Type.String())
})

/** The engine's own account of a run, at its end: how many resources by action. */
const SummaryEvent = Type.Object({
  type: Type.Literal('summary'),
  changes: Type.Record(Type.String(), Type.Integer()),
  seconds: Type.Number()
})

export const EngineEvent = Type.Union([PlanEvent, ResourceEvent, DiagnosticEvent, SummaryEvent])
export type EngineEvent = Static<typeof EngineEvent>

/** The operation moved to another state; `reason` says why where that is not plain. */
const StateEvent = Type.Object({
  type: Type.Literal('state'),
  state: oneOf(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  attempt: Type.Integer(),
  reason: Type.Optional(Type.String())
})

export const EventBody = Type.Union([StateEvent, PlanEvent, ResourceEvent, DiagnosticEvent, SummaryEvent])
export type EventBody = Static<typeof EventBody>

/** One entry of an operation's event log; `id` counts from 1 without gaps within the operation. */
export const OperationEvent = Type.Object({
  id: Type.Integer({ minimum: 1 }), operationId: OperationId, at: Timestamp, event: EventBody
}, { $id: 'OperationEvent' })
export type OperationEvent = Static<typeof OperationEvent>
