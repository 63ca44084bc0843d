import { Refusal } from '../errors.ts'
import type { SandboxControl } from '../schemas/sandbox-control.ts'
import { ControlError, type SandboxCloud } from '../sandbox/aws/client.ts'

type Call = (input?: object) => Promise<unknown>

/** The sandbox cloud's controls, with its refusals as those of the service. */
export function sandboxControl ({ control }: SandboxCloud): SandboxControl {
  const calls = Object.entries(control) as [string, Call][]
  return Object.fromEntries(
    calls.map(([name, call]) => [name, async (input?: object) => asRefusal(call(input))])
  ) as unknown as SandboxControl
}

async function asRefusal<T> (answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof ControlError)) {
      throw new Refusal('unavailable', 'the simulated cloud does not answer', { retryAfter: 2, cause: error })
    }
    throw new Refusal(error.status === 404 ? 'not-found' : 'sandbox-rejected', error.message, { cause: error })
  }
}
