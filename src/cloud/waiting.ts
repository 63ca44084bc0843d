import { setTimeout as delay } from 'node:timers/promises'

const FIRST_MS = 250
const LONGEST_MS = 5_000

/**
 * Tries until the attempt answers something, after 0.25, 0.5, 1, … and at most 5 seconds; rejects with AbortError
 * when aborted.
 */
export async function until<T> (signal: AbortSignal, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let pause = FIRST_MS; ; pause = Math.min(pause * 2, LONGEST_MS)) {
    const answer = await attempt()
    if (answer !== undefined) return answer
    await delay(pause, undefined, { signal })
  }
}

/** How many calls go out at once: enough to end 10,000 jobs in a minute, too few to be throttled for it. */
const AT_ONCE = 8

/** Does the work for each, a few at a time. Rejects with the first failure, once those in progress have ended. */
export async function forEach<T> (items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values()
  const failures: unknown[] = []
  const line = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return
      await work(item).catch((error: unknown) => { failures.push(error) })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, line))
  if (failures.length > 0) throw failures[0]
}
