import { EVENTS_CHANNEL } from '../store/events.ts'
import type { Database } from '../store/database.ts'

/** Wakes those who follow an operation. A wake-up that comes while nobody waits is kept for the next wait. */
export interface EventHub {
  follow (operationId: string): Follower
  close (): Promise<void>
}

export interface Follower {
  /** Resolves when there may be new events, after `POLL_MILLISECONDS` at the latest, or when the signal aborts. */
  next (signal: AbortSignal): Promise<void>
  close (): void
}

/** Covers a notification that was lost with its connection. */
const POLL_MILLISECONDS = 5_000

/** One LISTEN serves every follower of the process. */
export async function openEventHub (database: Database): Promise<EventHub> {
  const followers = new Map<string, Set<() => void>>()
  const wakeAll = (): void => { for (const wakes of followers.values()) for (const wake of wakes) wake() }
  const listener = await database.listen(EVENTS_CHANNEL, id => { for (const wake of followers.get(id) ?? []) wake() }, wakeAll)
  return {
    follow: operationId => follow(followers, operationId),
    async close () {
      await listener.close()
      wakeAll()
    }
  }
}

function follow (followers: Map<string, Set<() => void>>, operationId: string): Follower {
  let pending = false
  let resume: (() => void) | undefined
  const wake = (): void => {
    pending = true
    resume?.()
  }
  const wakes = followers.get(operationId) ?? new Set()
  followers.set(operationId, wakes.add(wake))
  return {
    async next (signal) {
      if (!pending && !signal.aborted) await waitFor(signal, callback => { resume = callback })
      pending = false
    },
    close () {
      wakes.delete(wake)
      if (wakes.size === 0) followers.delete(operationId)
    }
  }
}

async function waitFor (signal: AbortSignal, onWake: (resume: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const done = (): void => { resolve(undefined) }
  const timer = setTimeout(done, POLL_MILLISECONDS)
  signal.addEventListener('abort', done, { once: true })
  onWake(done)
  await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', done)
}
