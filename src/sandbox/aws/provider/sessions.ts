import { AwsProviderError } from '../model/errors.ts'
import type { AwsCaller } from '../model/types.ts'

/**
 * One connection is one provider instance: engines open a connection for each, and Create, Invoke and Cancel name no
 * provider. So the configuration belongs to the connection.
 */
export class Sessions {
  readonly #callers = new Map<string, AwsCaller>()

  configure (peer: string, caller: AwsCaller): void {
    // gRPC says `unknown` when the connection has broken: no other connection may get this configuration.
    if (peer === 'unknown') throw new AwsProviderError('the connection is gone')
    this.#callers.set(peer, caller)
  }

  caller (peer: string): AwsCaller {
    const caller = this.#callers.get(peer)
    if (!caller) throw new AwsProviderError('the aws provider was not configured on this connection')
    return caller
  }

  forget (peer: string): void {
    this.#callers.delete(peer)
  }
}
