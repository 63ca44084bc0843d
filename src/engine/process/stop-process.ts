import { pause, signalProcess } from '../../host-processes.ts'

/** How long an engine may take to end after each signal before the next one. */
export interface StopEscalation {
  /** From SIGINT (finish what is in flight, save, unlock) to SIGTERM. */
  readonly interruptSeconds: number
  /** From SIGTERM (an engine that was asked before gives up at once) to SIGKILL. */
  readonly terminateSeconds: number
}

interface StopOptions {
  /** Aborts when the engine is gone: no further signal is sent. */
  readonly gone: AbortSignal
  /** Whether the engine has had its SIGINT before. */
  readonly isInterrupted?: boolean
}

/**
 * Stops an engine: SIGINT, then SIGTERM, then SIGKILL to its whole process group, each after the one before has had its
 * time. The first two go to the engine alone: a signal to the providers beside it would break what is in flight.
 */
export async function stopProcess (pid: number, escalation: StopEscalation, options: StopOptions): Promise<void> {
  const { gone, isInterrupted = false } = options
  const steps = [
    // Signal 0 does nothing: a second SIGINT would make the engine give up at once.
    { signal: isInterrupted ? 0 : 'SIGINT', target: pid, seconds: escalation.interruptSeconds },
    { signal: 'SIGTERM', target: pid, seconds: escalation.terminateSeconds },
    { signal: 'SIGKILL', target: -pid, seconds: 0 }
  ] as const
  for (const step of steps) {
    if (gone.aborted) return
    if (!signalProcess(step.target, step.signal) && step.target > 0) return
    await pause(step.seconds * 1000, gone)
  }
}
