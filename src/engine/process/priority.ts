import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { pause } from '../../host-processes.ts'

/**
 * A third of the weight of a process at the default priority: the service answers in milliseconds while engines, which
 * work for minutes, still get a share of the processor.
 */
const NICENESS = 5
/** Linux lets a user without privileges set one session's weight in so long. */
const RETRY_MILLISECONDS = 120
const ATTEMPTS = 20

/**
 * Lowers the priority of a process that leads a session of its own. Where the kernel weighs sessions against each other
 * (autogroups, sched(7): on unless the machine's cgroups divide the processor) a nice value counts only among the
 * threads of one session, so the session's own nice value is set too. Never throws: without the right to do so, or
 * where there are no autogroups, the process competes with the service.
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
