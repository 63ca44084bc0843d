import { Type, type Static } from 'typebox'

export const FieldError = Type.Object({
  pointer: Type.String({
    description: 'JSON pointer (RFC 6901) to the field in the request body, or `#query/…`, `#path/…`',
    examples: ['/jobs/default/memoryMiB']
  }),
  message: Type.String()
})
export type FieldError = Static<typeof FieldError>

/** A field that is another than in the version the caller knows. */
export const ChangedField = Type.Object({
  pointer: Type.String({ description: 'JSON pointer into the spec' }),
  before: Type.Optional(Type.Unsafe<unknown>({ description: 'Absent where there was none' })),
  after: Type.Optional(Type.Unsafe<unknown>({ description: 'Absent where there is none' }))
})
export type ChangedField = Static<typeof ChangedField>

/** A body has room for tens of thousands of wrong fields; nobody reads more than this. */
export const MAX_FIELD_ERRORS = 100

const common = {
  type: Type.String({ examples: ['urn:batchyard:problem:validation-failed'] }),
  title: Type.String(),
  detail: Type.String(),
  code: Type.String({ description: 'One of the codes in docs/errors.md' })
}

/** RFC 9457 problem details, served as `application/problem+json`. */
export const Problem = Type.Object(
  {
    ...common,
    status: Type.Integer(),
    requestId: Type.String(),
    errors: Type.Optional(
      Type.Array(FieldError, {
        maxItems: MAX_FIELD_ERRORS,
        description: 'The first 100 where there are more; `detail` has their number'
      })
    ),
    changed: Type.Optional(
      Type.Array(ChangedField, { description: 'Of a 412: what has changed since the expected version' })
    ),
    operation: Type.Optional(Type.String({ description: 'Link to the operation in the way' }))
  },
  { $id: 'Problem' }
)
export type Problem = Static<typeof Problem>

/** Why an operation failed: a problem, and what is known of the place and the cure. */
export const OperationError = Type.Object(
  {
    ...common,
    retryable: Type.Boolean({ description: 'Whether the same request can succeed later' }),
    transient: Type.Optional(
      Type.Boolean({ description: 'Whether the worker tries again by itself, a limited number of times' })
    ),
    next: Type.String({ description: 'What to do next' }),
    resource: Type.Optional(Type.Object({ urn: Type.String(), type: Type.String(), name: Type.String() })),
    cloudRequestId: Type.Optional(Type.String({ description: "The cloud's own request id, for a support case" }))
  },
  { $id: 'OperationError' }
)
export type OperationError = Static<typeof OperationError>
