import type { Logger } from 'pino'

/** Ends what was started, in reverse order, each under its name. */
export interface Shutdown {
  /** Aborts when the shutdown begins, so that streams and loops end by themselves. */
  readonly stopping: AbortSignal
  add (name: string, end: () => Promise<void>): void
  /** Idempotent; a part that fails to end is logged and does not keep the others from ending. */
  run (): Promise<void>
}

export function createShutdown (log: Logger): Shutdown {
  const parts: Array<{ name: string, end: () => Promise<void> }> = []
  const controller = new AbortController()
  let running: Promise<void> | undefined

  async function endAll (): Promise<void> {
    controller.abort()
    for (const { name, end } of parts.reverse()) {
      try {
        await end()
      } catch (error) {
        log.error({ err: error, part: name }, 'a part did not end cleanly')
      }
    }
  }

  return {
    stopping: controller.signal,
    add: (name, end) => { parts.push({ name, end }) },
    run: async () => { await (running ??= endAll()) }
  }
}
