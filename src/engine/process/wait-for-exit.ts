import { hostname } from 'node:os'
import { operationError } from '../../errors.ts'
import { isAlive, pause } from '../../host-processes.ts'
import { RunFailure, type EngineProcess } from '../types.ts'
import type { IsHostGone } from './locks.ts'
import { stopProcess, type StopEscalation } from './stop-process.ts'

const POLL_MILLISECONDS = 200

/**
 * Waits until an engine of an earlier run, which stops by itself, is gone.
 * @throws RunFailure (`state-locked`) for an engine of another host that is not known to be gone
 */
export async function waitForExit (
  engine: EngineProcess,
  signal: AbortSignal,
  { escalation, isHostGone }: { escalation: StopEscalation, isHostGone: IsHostGone }
): Promise<void> {
  if (engine.host !== hostname()) {
    if (await isHostGone(engine.host)) return
    const detail = `The engine runs on ${engine.host}; only that host can tell when it ends.`
    throw new RunFailure(operationError('state-locked', detail))
  }
  if (!(await isAlive(engine))) return
  const gone = new AbortController()
  const stop = () => {
    stopProcess(engine.pid, escalation, { gone: gone.signal, isInterrupted: true }).catch(() => undefined)
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  try {
    while (await isAlive(engine)) await pause(POLL_MILLISECONDS)
  } finally {
    gone.abort()
    signal.removeEventListener('abort', stop)
  }
}
