import { matchFaults, applyFaults } from '../faults.ts'
import { ApiError, AwsProviderError, sdkText } from '../model/errors.ts'
import type { AwsCaller } from '../model/types.ts'
import { textProperty, type Props } from '../values.ts'
import type { World } from '../world/world.ts'
import { providerFunctions } from '../services/index.ts'
import { callIn } from './call.ts'

interface FunctionCall { token: string, args: Props, caller: AwsCaller, world: World, gone: AbortSignal }

/** Runs a provider function, scripted faults included. Throws ProviderError in the bridge's words. */
export async function runFunction (call: FunctionCall): Promise<Props> {
  const { token, caller, world, gone } = call
  try {
    const faults = matchFaults(world, { on: 'invoke', type: token, account: caller.account, name: '', signal: gone })
    await applyFaults(faults, 'request', call)
    await world.settled()
    const result = invokeFunction(call)
    await applyFaults(faults, 'response', call)
    return result
  } catch (error) {
    const known = error instanceof ApiError || error instanceof AwsProviderError
    const message =
      error instanceof ApiError
        ? sdkText(providerFunctions.get(token)?.service ?? '', token.split(':').at(-1) ?? token, error)
        : String((error as Error).message)
    throw known ? new AwsProviderError(`invoking ${token}: 1 error occurred:\n\t* ${message}\n\n`) : error
  }
}

function invokeFunction ({ token, args, caller, world }: FunctionCall): Props {
  const found = providerFunctions.get(token)
  if (!found) throw new AwsProviderError(`the sandbox does not simulate the function ${token}`)
  for (const [key, value] of Object.entries(args)) {
    if (key === 'region' || found.takes.includes(key) || value === null) continue
    throw new AwsProviderError(`the sandbox does not simulate the argument "${key}" of ${token}`)
  }
  return found.run(args, callIn(textProperty(args, 'region') || caller.region, caller, world))
}
