import { hostname } from 'node:os'
import { killSession } from '../process/kill-session.ts'
import { isStale, type IsHostGone, type Lock } from '../process/locks.ts'

/** How the CLI names each lock of a stack (pkg/backend/diy/lock.go). */
const LOCK = /created by [^@\s]*@(\S+) \(pid (\d+)\) at (\S+)/g

/** The locks a message of the CLI tells of. */
const locksIn = (message: string): Lock[] => [...message.matchAll(LOCK)].map(([, host = '', pid, since = '']) =>
  ({ path: '', host, pid: Number(pid), since: Date.parse(since) }))

/**
 * Whether only dead engines hold a stack whose locks can't be looked at, by the message with which the CLI refuses a
 * run. Kills what these engines have left running.
 */
export async function areAllStale (message: string, isHostGone: IsHostGone): Promise<boolean> {
  const locks = locksIn(message)
  if (locks.length === 0 || (await Promise.all(locks.map(async (lock) => isStale(lock, isHostGone)))).includes(false)) {
    return false
  }
  for (const { host, pid } of locks) if (host === hostname()) await killSession(pid)
  return true
}
