import { pause, signalProcess } from '../../host-processes.ts'

/** How long an engine may take to end after each signal before the next one. */
export interface StopEscalation {
  /** From SIGINT (finish what is in flight, save, unlock) to SIGTERM. */
  readonly interruptSeconds: number
  /** From SIGTERM (an engine that was asked before gives up at once) to SIGKILL. */
  readonly terminateSeconds: number
}

/**
 * Ends an engine: SIGINT, then SIGTERM, then SIGKILL to its whole process group, each after its own deadline; stops when
 * `gone` aborts. The first two go to the engine alone: a signal to the providers beside it would break what is in flight.
 */
export async function stopProcess (pid: number, seconds: StopEscalation, gone: AbortSignal, was?: 'asked'): Promise<void> {
  const steps = [
    // One that was asked before has its time, and no second signal before that.
    { signal: was === 'asked' ? 0 : 'SIGINT', target: pid, seconds: seconds.interruptSeconds },
    { signal: 'SIGTERM', target: pid, seconds: seconds.terminateSeconds },
    { signal: 'SIGKILL', target: -pid, seconds: 0 }
  ] as const
  for (const step of steps) {
    if (gone.aborted) return
    if (!signalProcess(step.target, step.signal) && step.target > 0) return
    await pause(step.seconds * 1000, gone)
  }
}
