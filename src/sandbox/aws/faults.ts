import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { SandboxFaultInput } from '../../schemas/sandbox.ts'
import { ApiError, AwsProviderError } from './model/errors.ts'
import type { ScriptedFault } from './world/fault.ts'
import type { World } from './world/world.ts'

/** A call that scripted faults may act on. */
export interface Target {
  on: SandboxFaultInput['on']
  type: string
  account: string
  name: string
  /** Aborted when the caller goes away or the process ends: a hanging call ends with it. */
  signal: AbortSignal
}

/** Counts the call in every fault that matches it, and returns those that act on it. */
export function matchFaults (world: World, target: Target): ScriptedFault[] {
  return [...world.faults.values()].filter((fault) => matches(fault, target)).filter((fault) => {
    const matched = fault.matched + 1
    const nth = fault.nth ?? 1
    const count = fault.count ?? 1
    const isHit = matched >= nth && (count === 0 || matched < nth + count)
    world.putFault({ ...fault, matched, hits: fault.hits + (isHit ? 1 : 0) })
    return isHit
  })
}

function matches (fault: ScriptedFault, target: Target): boolean {
  return fault.on === target.on &&
    ['*', target.type].includes(fault.type ?? '*') &&
    (fault.account === undefined || fault.account === target.account) &&
    target.name.startsWith(fault.namePrefix ?? '')
}

/** Lets the faults of one moment of a call act: waits, hangs, or throws the ApiError they script. */
export async function applyFaults (
  faults: ScriptedFault[],
  at: 'request' | 'response',
  { world, gone }: { world: World, gone: AbortSignal }
): Promise<void> {
  for (const fault of faults) {
    if ((fault.at ?? 'request') !== at) continue
    if (fault.kind === 'slow') await waitUnlessAborted((fault.seconds ?? 1) * 1000, gone)
    if (fault.kind === 'hang') await hang(fault.id, world, gone)
    if (fault.kind === 'throttle') {
      throw new ApiError(fault.code ?? 'TooManyRequestsException', fault.message ?? 'Too Many Requests', 429)
    }
    if (fault.kind === 'fail') {
      throw new ApiError(
        fault.code ?? 'ServerException',
        fault.message ?? 'Internal server error',
        fault.httpStatus ?? (fault.code === undefined ? 500 : 400)
      )
    }
  }
}

/** Waits; ends early, without an error, when the signal is aborted. */
export async function waitUnlessAborted (milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await delay(milliseconds, undefined, { signal }).catch(() => {})
}

async function hang (id: string, world: World, signal: AbortSignal): Promise<void> {
  while (world.faults.has(id) && !signal.aborted) await waitUnlessAborted(50, signal)
  if (signal.aborted) throw new AwsProviderError('the caller went away while a scripted fault held its call')
}

export function newFault (input: SandboxFaultInput): ScriptedFault {
  return { ...input, id: randomUUID(), matched: 0, hits: 0 }
}
