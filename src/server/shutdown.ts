import type { Logger } from 'pino'

/** Ends what was started, in reverse order, each under its name. */
export interface Shutdown {
  /** Aborts when the shutdown begins, so that streams and loops end by themselves. */
  readonly stopping: AbortSignal
  /** `patienceMs`: after so long the part is left and the next one ends. */
  add (name: string, end: () => Promise<void>, patienceMs?: number): void
  /** Idempotent; a part that fails to end, or does not end in time, is logged and does not keep the others from ending. */
  run (): Promise<void>
}

const PATIENCE_MILLISECONDS = 15_000

async function inTime (ending: Promise<void>, patienceMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => { reject(new Error(`did not end in ${patienceMs / 1000} s`)) }, patienceMs)
  try {
    await Promise.race([ending, late])
  } finally {
    clearTimeout(timer)
  }
}

export function createShutdown (log: Logger): Shutdown {
  const parts: Array<{ name: string, end: () => Promise<void>, patienceMs: number }> = []
  const controller = new AbortController()
  let running: Promise<void> | undefined

  async function endAll (): Promise<void> {
    controller.abort(new Error('the service is stopping'))
    for (const { name, end, patienceMs } of parts.reverse()) {
      try {
        await inTime(end(), patienceMs)
      } catch (error) {
        log.error({ err: error, part: name }, 'a part did not end cleanly')
      }
    }
  }

  return {
    stopping: controller.signal,
    add: (name, end, patienceMs = PATIENCE_MILLISECONDS) => { parts.push({ name, end, patienceMs }) },
    run: async () => { await (running ??= endAll()) }
  }
}
