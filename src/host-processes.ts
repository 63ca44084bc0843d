import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process. Its start time (clock ticks since boot, /proc/PID/stat) tells it from a later one with the same pid. */
export interface HostProcess {
  readonly pid: number
  readonly startTime: string
}

/** Kernel clock ticks per second as /proc reports them: 100 on every Linux architecture Node runs on (USER_HZ). */
const TICKS_PER_SECOND = 100

/**
 * When the process started, in clock ticks since boot (/proc/PID/stat, field 22), or `undefined` when there is no such
 * process. A zombie counts as gone: it does nothing any more and only waits to be reaped. Where there is no /proc, the
 * answer is `ps`'s start time, which is as good for telling two processes with one pid apart.
 */
export async function startTimeOf (pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return startTimeFromPs(pid)
  const fields = await statOf(pid)
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19]
}

async function startTimeFromPs (pid: number): Promise<string | undefined> {
  const answer = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined)
  const text = answer?.stdout.trim()
  return text === '' ? undefined : text
}

/** Names a process of this host so that a later one with the same pid is not taken for it. */
export async function identify (pid: number): Promise<HostProcess & { host: string } | undefined> {
  const startTime = await startTimeOf(pid)
  return startTime === undefined ? undefined : { host: hostname(), pid, startTime }
}

/** Whether this process, and no later one with its pid, runs on this host. */
export const isRunning = async ({ pid, startTime }: HostProcess): Promise<boolean> =>
  await startTimeOf(pid) === startTime

/** Whether it is of this host and runs. */
export const isAlive = async (process: HostProcess & { readonly host: string }): Promise<boolean> =>
  process.host === hostname() && await isRunning(process)

/** When the process started, in milliseconds since 1970; `undefined` when it is gone or the host does not say. */
export async function startedAt (pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const ticks = await startTimeOf(pid)
  const stat = await readFile('/proc/stat', 'utf8')
  const boot = /^btime (\d+)$/m.exec(stat)?.[1]
  return ticks === undefined || boot === undefined
    ? undefined
    : (Number(boot) + Number(ticks) / TICKS_PER_SECOND) * 1000
}

/** Resident memory of a process; 0 when it is gone or the host does not say. */
export async function residentBytes (pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}

/** The fields of /proc/PID/stat after the second, which is the command in brackets and may hold spaces and brackets. */
export async function statOf (pid: number): Promise<string[] | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Sends the signal; `false` when the process is gone already. */
export function signalProcess (pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Waits for `milliseconds`, or less when `signal` aborts; never rejects. */
export async function pause (milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { ...(signal === undefined ? {} : { signal }) }).catch(() => undefined)
}
