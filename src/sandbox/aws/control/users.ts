import { readFile } from 'node:fs/promises'
import type { User } from './shapes.ts'

/** When a process began, so that a reused pid is not taken for it; '' where the system does not tell. */
export async function startTimeOf (pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The second field is the command in parentheses and may hold spaces; the start time is the 20th after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

export async function isAlive (user: User): Promise<boolean> {
  try {
    process.kill(user.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return await startTimeOf(user.pid) === user.startTime
}
