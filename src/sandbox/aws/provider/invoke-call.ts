import { matchFaults, applyFaults } from '../faults.ts'
import { ApiError, ProviderError, sdkText } from '../model/errors.ts'
import type { Caller } from '../model/types.ts'
import type { Props } from '../values.ts'
import type { World } from '../world/world.ts'
import { invokeFunction } from './invoke.ts'

interface FunctionCall { token: string, args: Props, caller: Caller, world: World, gone: AbortSignal }

/** Runs a provider function, scripted faults included. Throws ProviderError in the bridge's words. */
export async function runFunction (call: FunctionCall): Promise<Props> {
  const { token, caller, world, gone } = call
  try {
    const faults = matchFaults(world, { on: 'invoke', type: token, account: caller.account, name: '', signal: gone })
    await applyFaults(faults, 'request', world, gone)
    await world.settled()
    const result = invokeFunction(token, call.args, caller, world)
    await applyFaults(faults, 'response', world, gone)
    return result
  } catch (error) {
    const known = error instanceof ApiError || error instanceof ProviderError
    const message =
      error instanceof ApiError
        ? sdkText('EC2', token.split(':').at(-1) ?? token, error)
        : String((error as Error).message)
    throw known ? new ProviderError(`invoking ${token}: 1 error occurred:\n\t* ${message}\n\n`) : error
  }
}
