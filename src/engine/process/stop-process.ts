import { pause, signalProcess } from './host-processes.ts'

/** How long each rung of the ladder lasts before the next. */
export interface LadderSeconds {
  /** From SIGINT (finish what is in flight, save, unlock) to SIGTERM. */
  readonly interruptSeconds: number
  /** From SIGTERM (an engine that was asked before gives up at once) to SIGKILL. */
  readonly terminateSeconds: number
}

/**
 * Ends an engine: SIGINT, then SIGTERM, then SIGKILL to its whole process group, each after its own deadline; stops when
 * `gone` aborts. The first two go to the engine alone: a signal to the providers beside it would break what is in flight.
 */
export async function descend (pid: number, seconds: LadderSeconds, gone: AbortSignal, was?: 'asked'): Promise<void> {
  const rungs = [
    // One that was asked before has its time, and no second signal before that.
    { signal: was === 'asked' ? 0 : 'SIGINT', target: pid, seconds: seconds.interruptSeconds },
    { signal: 'SIGTERM', target: pid, seconds: seconds.terminateSeconds },
    { signal: 'SIGKILL', target: -pid, seconds: 0 }
  ] as const
  for (const rung of rungs) {
    if (gone.aborted) return
    if (!signalProcess(rung.target, rung.signal) && rung.target > 0) return
    await pause(rung.seconds * 1000, gone)
  }
}
