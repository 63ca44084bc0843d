import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { pause } from '../../host-processes.ts'

/**
 * A third of the weight of a process that has not been told: work of minutes waits for answers of milliseconds, and still goes
 * on beside whatever else the machine does.
 */
const NICENESS = 5
/** Linux lets a user without privileges set one session's weight in so long. */
const RETRY_MILLISECONDS = 120
const ATTEMPTS = 20

/**
 * Lets a process that leads a session of its own wait where the service needs the processor. A nice value counts among the
 * threads of one session only where the kernel weighs sessions against each other (autogroups, sched(7): on unless the
 * machine's cgroups divide the processor), so the session is told too. Never throws: without the right to do so, or where there
 * is no such thing, the process competes with the service, no more.
 */
export function lowerPriority (pid: number): void {
  try {
    setPriority(pid, NICENESS)
  } catch {}
  lowerSession(pid).catch(() => undefined)
}

async function lowerSession (pid: number): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      await writeFile(`/proc/${pid}/autogroup`, String(NICENESS))
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return
      await pause(RETRY_MILLISECONDS)
    }
  }
}
