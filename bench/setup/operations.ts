import { ask } from './naive-client.ts'
import type { ProgramProcess } from './program-process.ts'
import { create, remove, comparisonInput, type BenchSetup } from './bench-setup.ts'

/** One environment's life: a create and a delete, two operations. */
export type Life = () => Promise<void>

export const OPERATIONS_PER_LIFE = 2

export const throughService = (setup: BenchSetup): Life => async () => {
  const { id } = await create(setup)
  await remove(setup, id)
}

export const throughNaive = (naive: ProgramProcess): Life => async () => {
  const input = comparisonInput()
  await ask(naive, 'POST', '/environments', input)
  await ask(naive, 'DELETE', `/environments/${input.id}`)
}

/** Lives `count` lives, `atOnce` of them at any time. */
export async function live (life: Life, { count, atOnce }: { count: number, atOnce: number }): Promise<void> {
  let left = count
  await inLanes(atOnce, life, () => left-- > 0)
}

/** Does the work while `atOnce` operations run all the time; ends when what has begun by then has ended. */
export async function whileOperating<T> (life: Life, atOnce: number, work: () => Promise<T>): Promise<T> {
  let over = false
  const lanes = inLanes(atOnce, life, () => !over)
  try {
    return await Promise.race([work(), lanes.then(() => { throw new Error('the operations ended before the work') })])
  } finally {
    over = true
    await lanes
  }
}

async function inLanes (atOnce: number, life: Life, again: () => boolean): Promise<void> {
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (again()) await life()
  }))
}
