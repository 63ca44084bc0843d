import pTimeout from 'p-timeout'
import type { Logger } from 'pino'

/** Ends what was started, in reverse order, each under its name. */
export interface Shutdown {
  /** Aborts when the shutdown begins, so that streams and loops end by themselves. */
  readonly stopping: AbortSignal
  /** After `milliseconds` the next part is ended without waiting for this one any longer. */
  add (name: string, end: () => Promise<void>, milliseconds?: number): void
  /** Idempotent. A part that fails to end, or does not end in time, is logged; the others are ended all the same. */
  run (): Promise<void>
}

const DEFAULT_MILLISECONDS = 15_000

export function createShutdown (log: Logger): Shutdown {
  const parts: Array<{ name: string, end: () => Promise<void>, milliseconds: number }> = []
  const controller = new AbortController()
  let running: Promise<void> | undefined

  async function endAll (): Promise<void> {
    controller.abort(new Error('the service is stopping'))
    for (const { name, end, milliseconds } of parts.reverse()) {
      try {
        await pTimeout(end(), { milliseconds, message: `did not end in ${milliseconds / 1000} s` })
      } catch (error) {
        log.error({ err: error, part: name }, 'a part did not end cleanly')
      }
    }
  }

  return {
    stopping: controller.signal,
    add: (name, end, milliseconds = DEFAULT_MILLISECONDS) => { parts.push({ name, end, milliseconds }) },
    run: async () => { await (running ??= endAll()) }
  }
}
