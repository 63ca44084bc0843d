import type { OperationCode } from '../error-codes.ts'
import { CloudFailure } from './failure.ts'

const anyOf = (...names: readonly string[]): RegExp => new RegExp(`^(${names.join('|')})$`)

/** What AWS's error codes, and the names of the SDK's and Node's own errors, mean. The first that matches counts. */
const NAMES: readonly (readonly [OperationCode, RegExp])[] = [
  ['cancelled', anyOf('AbortError')],
  ['throttled', anyOf(
    'Throttl\\w+', 'TooManyRequests\\w*', 'RequestLimitExceeded', 'RequestThrottled\\w*', 'SlowDown',
    'EC2ThrottledException', 'BandwidthLimitExceeded', 'PriorRequestNotComplete'
  )],
  ['credentials-invalid', anyOf(
    'ExpiredToken\\w*', 'InvalidClientTokenId', 'InvalidAccessKeyId', 'InvalidToken', 'InvalidSignatureException',
    'SignatureDoesNotMatch', 'UnrecognizedClient\\w*', 'IncompleteSignature\\w*', 'MissingAuthenticationToken\\w*',
    'RequestExpired', 'RequestTimeTooSkewed', 'AuthFailure', '\\w+ProviderError'
  )],
  ['access-denied', anyOf(
    'AccessDenied\\w*', 'UnauthorizedOperation', 'UnauthorizedException', 'AllAccessDisabled', 'Forbidden'
  )],
  ['quota-exceeded', /LimitExceeded/],
  ['not-found-in-cloud', /^(NoSuch\w+|\w*NotFound(Exception)?)$|\.NotFound$/],
  ['in-use', anyOf('OperationAborted', 'ResourceInUse\\w*', 'UpdateInProgress\\w*', 'DependencyViolation')],
  ['cloud-unavailable', anyOf(
    'ServiceUnavailable\\w*', 'ServerException', 'Internal\\w+', 'RequestTimeout\\w*', 'TimeoutError',
    'E(CONN\\w+|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN|NOTFOUND|PROTO)'
  )]
]

/** For answers without a body, such as those to HEAD. */
const STATUSES: Readonly<Record<number, OperationCode>> = {
  401: 'credentials-invalid', 403: 'access-denied', 404: 'not-found-in-cloud', 409: 'in-use', 429: 'throttled'
}

/** An error as the SDK throws it: an answer of AWS, or none at all. */
interface SdkError extends Error {
  readonly code?: unknown
  readonly $metadata: { readonly httpStatusCode?: number | undefined, readonly requestId?: string | undefined }
}

const isSdkError = (error: unknown): error is SdkError =>
  error instanceof Error && ('$metadata' in error || /^AbortError$|ProviderError$/.test(error.name))

/** Awaits calls of the SDK; their failures become CloudFailure, a mistake of ours stays what it is. */
export async function translated<T> (work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw isSdkError(error) && !(error instanceof CloudFailure) ? failureOf(error) : error
  }
}

function failureOf (error: SdkError): CloudFailure {
  const { httpStatusCode: status, requestId } = error.$metadata ?? {}
  const unknown = status === undefined || status >= 500 ? 'cloud-unavailable' : STATUSES[status]
  // An answer without a body has no name either.
  const name = error.name === 'Unknown' ? `HTTP ${status ?? 'error'}` : error.name
  return new CloudFailure(
    codeOf(error.name, String(error.code)) ?? unknown ?? 'cloud-rejected',
    `${name}: ${error.message}`,
    { cause: error, requestId }
  )
}

/** What an error of any of these names means; undefined where none is known. */
export function codeOf (...names: string[]): OperationCode | undefined {
  return NAMES.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0]
}

/**
 * Awaits a call; undefined when it fails with one of these errors of AWS, by name or, for answers to HEAD, by status.
 */
export async function unless<T> (errors: readonly (string | number)[], call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (isSdkError(error) && (errors.includes(error.name) || errors.includes(error.$metadata?.httpStatusCode ?? 0))) {
      return undefined
    }
    throw error
  }
}
