import type { OperationCode } from '../errors.ts'

/**
 * The program cannot build what was asked for and says why, before anything is created in the cloud. The engine passes
 * on nothing but the message, so the code stands at its beginning: `[default-vpc-missing] …`.
 */
export class ProgramRefusal extends Error {
  readonly code: OperationCode
  constructor (code: OperationCode, detail: string, options?: ErrorOptions) {
    super(`[${code}] ${detail}`, options)
    this.name = 'ProgramRefusal'
    this.code = code
  }
}
