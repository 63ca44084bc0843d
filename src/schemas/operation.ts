import { Type, type Static } from 'typebox'
import { EnvironmentId, OperationId, Timestamp, oneOf, refTo } from './names.ts'
import { DriftedResource, PlannedChange } from './change.ts'
import { OperationError } from './problem.ts'

export const OPERATION_KINDS = ['create', 'update', 'delete', 'drift-check', 'preview'] as const
/** At most one of these runs, and one waits, per environment. */
export const CHANGING_KINDS = ['create', 'update', 'delete'] as const satisfies readonly OperationKind[]
export type OperationKind = typeof OPERATION_KINDS[number]
const OPERATION_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
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

const Count = Type.Integer({ minimum: 0 })

/** What a preview found. Its operation's id is the preview's: `If-Preview` on the write that follows. */
export const PreviewResult = Type.Object(
  {
    environmentId: Type.String({ description: 'The environment that would be made or changed' }),
    changes: Type.Array(PlannedChange),
    summary: Type.Object({ create: Count, update: Count, replace: Count, delete: Count }),
    affectedJobs: Type.Union([Type.Object({ count: Count, running: Count }), Type.Null()], {
      description:
        'Jobs that are not over in queues that would be replaced or deleted, or lose their compute; null where the ' +
        'cloud could not be asked'
    }),
    repairsDrift: Type.Boolean({
      description: 'Whether the environment had drifted, so that the changes include what repairs it'
    }),
    stateFingerprint: Type.String(),
    programVersion: Type.String()
  },
  { $id: 'PreviewResult' }
)
export type PreviewResult = Static<typeof PreviewResult>

/** What a drift check found; nothing where both are empty. */
export const DriftResult = Type.Object({
  resources: Type.Array(DriftedResource),
  unmanaged: Type.Array(Type.Object({ arn: Type.String(), tags: Type.Record(Type.String(), Type.String()) }), {
    description: 'What carries this environment\'s tags and is not in its state'
  })
}, { $id: 'DriftResult' })
export type DriftResult = Static<typeof DriftResult>

/** What a delete left in the account, because its policy says so. */
export const DeleteResult = Type.Object(
  {
    retained: Type.Array(
      Type.Object({ urn: Type.String(), resourceType: Type.String(), name: Type.String(), id: Type.String() })
    )
  },
  { $id: 'DeleteResult' }
)
export type DeleteResult = Static<typeof DeleteResult>

/** One of them, by the operation's kind; null of a create, an update, and of what has not succeeded. */
export type OperationResult = PreviewResult | DriftResult | DeleteResult

/** One piece of work on an environment, from the queue to its end. */
export const Operation = Type.Object(
  {
    id: OperationId,
    environmentId: Type.Union([EnvironmentId, Type.Null()], {
      description: 'Null of a preview of an environment that does not exist yet'
    }),
    kind: oneOf(OPERATION_KINDS),
    state: oneOf(OPERATION_STATES),
    attempt: Type.Integer({ description: 'How often a worker has taken it up' }),
    progress: Type.Object({
      done: Type.Integer(),
      total: Type.Union([Type.Integer(), Type.Null()], {
        description: 'Resources in all; null until the program has run through'
      })
    }),
    steps: Type.Optional(Type.Array(Step)),
    retries: Type.Integer({ description: 'How often the worker has tried again by itself' }),
    retryAt: Type.Union([Timestamp, Type.Null()], { description: 'When it tries again' }),
    retryOf: Type.Union([OperationId, Type.Null()], { description: 'The failed operation that this one carries on' }),
    preview: Type.Optional(refTo(PreviewResult)),
    drift: Type.Optional(refTo(DriftResult)),
    retained: Type.Optional(DeleteResult.properties.retained),
    error: Type.Union([refTo(OperationError), Type.Null()], {
      description: 'Why it failed, or why it was last tried again'
    }),
    createdAt: Timestamp,
    startedAt: Type.Union([Timestamp, Type.Null()]),
    finishedAt: Type.Union([Timestamp, Type.Null()]),
    links: Type.Object({
      self: Type.String(),
      environment: Type.Union([Type.String(), Type.Null()]),
      events: Type.String()
    })
  },
  { $id: 'Operation' }
)
export type Operation = Static<typeof Operation>
