import { MAX_FIELD_ERRORS, type ChangedField, type FieldError, type OperationError } from './schemas/problem.ts'
import {
  OPERATION_CODES,
  type OperationCode,
  type OperationCodeEntry,
  type RequestCode,
  type Situation
} from './error-codes.ts'
import { sanitizeMessage } from './text.ts'

export type { ChangedField }

/** What a refusal may say beside its code and its sentence. */
export interface RefusalDetails {
  /** Every invalid field, with a JSON pointer. */
  readonly errors?: readonly FieldError[]
  /** What has changed since the version the caller knows. */
  readonly changed?: readonly ChangedField[]
  /** Link to the operation that is in the way. */
  readonly operation?: string
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number
  readonly cause?: unknown
}

/**
 * A request that is refused, on purpose and with a reason. Thrown anywhere above the store; answered as problem+json.
 */
export class Refusal extends Error {
  readonly code: RequestCode
  readonly details: RefusalDetails
  constructor (code: RequestCode, detail: string, details: RefusalDetails = {}) {
    super(detail, { cause: details.cause })
    this.name = 'Refusal'
    this.code = code
    this.details = details
  }
}

/** The refusal that names wrong fields: the first hundred of them, and how many there are. */
export function invalidFields (errors: readonly FieldError[]): Refusal {
  const count = `${errors.length} field${errors.length === 1 ? ' is' : 's are'} wrong`
  const named = errors.length > MAX_FIELD_ERRORS ? `, of which the first ${MAX_FIELD_ERRORS} are named` : ''
  return new Refusal('validation-failed', `${count}${named}; nothing was stored`, {
    errors: errors.slice(0, MAX_FIELD_ERRORS)
  })
}

type Resource = NonNullable<OperationError['resource']>

/** Why an operation failed, as its row has it. What the catalogue says of the code is added when it is shown. */
export interface OperationErrorData extends Pick<OperationError, 'detail' | 'resource' | 'cloudRequestId'> {
  readonly code: OperationCode
  readonly retryable: boolean
  readonly transient: boolean
  readonly situation?: Situation
  /** Only in rows of versions that stored the advice. */
  readonly next?: string
}

/** What an operation's error may say beside its code and its sentence. */
export interface OperationErrorFacts extends Pick<OperationErrorData, 'resource' | 'situation'> {
  readonly cloudRequestId?: string | undefined
  /** It is over by itself in a while, whatever the catalogue says of its code. */
  readonly passes?: boolean
}

/** In UTF-16 units. */
const MAX_DETAIL_LENGTH = 12_000

/**
 * The error of an operation, fit to be stored: texts of the cloud, the engine or the program are cleaned and bounded
 * here, whoever has caught them.
 */
export function operationError (
  code: OperationCode, detail: string, { resource, cloudRequestId, situation, passes = false }: OperationErrorFacts = {}
): OperationErrorData {
  const { title, retryable, transient = false }: OperationCodeEntry = OPERATION_CODES[code]
  return {
    code,
    detail: sanitizeMessage(detail, MAX_DETAIL_LENGTH) || title,
    retryable: retryable || passes,
    transient: transient || passes,
    ...(situation && { situation }),
    ...(resource && { resource: sanitizeResource(resource) }),
    ...(cloudRequestId !== undefined && { cloudRequestId: sanitizeMessage(cloudRequestId) })
  }
}

const sanitizeResource = ({ urn, type, name }: Resource): Resource =>
  ({ urn: sanitizeMessage(urn), type: sanitizeMessage(type), name: sanitizeMessage(name) })
