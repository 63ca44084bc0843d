import { expect } from 'vitest'
import type { BatchyardClient } from '../../../client/index.ts'
import type { SandboxFaultInput } from '../../../src/schemas/sandbox.ts'

/** Scripts a fault in the simulated cloud; fails the test where it is refused. */
export async function addFault (client: BatchyardClient, fault: SandboxFaultInput): Promise<void> {
  const { error } = await client.POST('/sandbox/faults', { body: fault })
  if (error) throw new Error(`refused: ${JSON.stringify(error)}`)
}

export async function clearFaults (client: BatchyardClient): Promise<void> {
  await client.DELETE('/sandbox/faults', {})
}

/** Waits until a scripted fault has been applied to a call: the operation is then in the middle of its run. */
export async function untilFaultApplied (client: BatchyardClient): Promise<void> {
  await expect
    .poll(async () => (await client.GET('/sandbox/faults', {})).data?.items.some(({ struck }) => struck > 0), {
      timeout: 120_000,
      interval: 50
    })
    .toBe(true)
}
