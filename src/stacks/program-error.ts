import type { OperationCode } from '../error-codes.ts'

/**
 * The program finds, before anything is created in the cloud, that the environment cannot be built. The engine passes
 * on nothing but the message, so the code stands at its beginning: `[default-vpc-missing] …`.
 */
export class ProgramError extends Error {
  readonly code: OperationCode
  constructor (code: OperationCode, detail: string, options?: ErrorOptions) {
    super(`[${code}] ${detail}`, options)
    this.name = 'ProgramError'
    this.code = code
  }
}
