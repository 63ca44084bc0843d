import { ProviderError } from '../model/errors.ts'
import type { Caller } from '../model/types.ts'

/**
 * One connection is one provider instance: engines open a connection for each, and Create, Invoke and Cancel name no
 * provider. So the configuration hangs on the connection.
 */
export class Sessions {
  readonly #callers = new Map<string, Caller>()

  configure (peer: string, caller: Caller): void {
    // gRPC's word when the connection broke meanwhile: nobody must inherit this configuration.
    if (peer === 'unknown') throw new ProviderError('the connection is gone')
    this.#callers.set(peer, caller)
  }

  caller (peer: string): Caller {
    const caller = this.#callers.get(peer)
    if (!caller) throw new ProviderError('the aws provider was not configured on this connection')
    return caller
  }

  forget (peer: string): void {
    this.#callers.delete(peer)
  }
}
