import type { OperationCode } from '../error-codes.ts'

/** A call to the cloud that failed, in our words. Never holds credentials. */
export class CloudFailure extends Error {
  readonly code: OperationCode
  /** The cloud's own request id. */
  readonly requestId: string | undefined
  constructor (
    code: OperationCode,
    message: string,
    options: ErrorOptions & { readonly requestId?: string | undefined } = {}
  ) {
    super(message, options)
    this.name = 'CloudFailure'
    this.code = code
    this.requestId = options.requestId
  }
}
