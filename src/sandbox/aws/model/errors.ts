import { randomUUID } from 'node:crypto'

/** An error AWS answers with: its code, its text and the HTTP status. */
export class ApiError extends Error {
  readonly code: string
  readonly status: number

  constructor (code: string, message: string, status = 400) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.status = status
  }
}

/** The provider's waiter ended in a state it did not wait for: the resource exists and did not become usable. */
export class WaitError extends Error {
  constructor (message: string) {
    super(message)
    this.name = 'WaitError'
  }
}

/** An error of the provider's own, shown as it is. */
export class AwsProviderError extends Error {
  constructor (message: string) {
    super(message)
    this.name = 'AwsProviderError'
  }
}

/** Services whose error codes are not modelled in the AWS SDK; it prints them with the words `api error`. */
const UNMODELLED: ReadonlySet<string> = new Set(['EC2'])
const WITH_HOST_ID: ReadonlySet<string> = new Set(['S3'])
/** The few S3 errors the SDK has types for. */
const S3_MODELLED: ReadonlySet<string> = new Set([
  'BucketAlreadyExists',
  'BucketAlreadyOwnedByYou',
  'NoSuchBucket',
  'NotFound'
])

/** The text the AWS SDK for Go v2 gives an API error; a request id of its own in each. */
export function sdkText (service: string, operation: string, error: ApiError): string {
  const host = WITH_HOST_ID.has(service) ? ` HostID: ${randomUUID().replaceAll('-', '')},` : ''
  const modelled = WITH_HOST_ID.has(service) ? S3_MODELLED.has(error.code) : !UNMODELLED.has(service)
  const attempts = isThrottle(error.code) ? 'exceeded maximum number of attempts, 25, ' : ''
  const requestId = randomUUID()
  const message = error.message.replaceAll('{requestId}', requestId)
  return (
    `operation error ${service}: ${operation}, ${attempts}https response error StatusCode: ${error.status}, ` +
    `RequestID: ${requestId},${host} ${modelled ? '' : 'api error '}${error.code}: ${message}`
  )
}

function isThrottle (code: string): boolean {
  return ['TooManyRequestsException', 'ThrottlingException', 'Throttling', 'RequestLimitExceeded', 'SlowDown'].includes(
    code
  )
}
