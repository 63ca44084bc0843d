import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineProcess } from './engine/types.ts'

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
export async function identify (pid: number): Promise<EngineProcess | undefined> {
  const startTime = await startTimeOf(pid)
  return startTime === undefined ? undefined : { host: hostname(), pid, startTime }
}

export async function isAlive (engine: EngineProcess): Promise<boolean> {
  return engine.host === hostname() && await startTimeOf(engine.pid) === engine.startTime
}

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

/** What every engine, and whatever it starts, has in its environment. */
const ENGINE_VARIABLE = 'PULUMI_AUTOMATION_API=true'

/**
 * Kills what an engine that is gone has left running: a provider plugin outlives a killed CLI, and would finish its call
 * after the cloud has been asked what came of it. The engine led a session, whose id no process gets while one is in it.
 */
export async function killSession (engine: number): Promise<void> {
  if (await startTimeOf(engine) !== undefined) return
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^[0-9]+$/.test(name)).map(Number)
  await Promise.all(pids.map(async (pid) => {
    if ((await statOf(pid))?.[3] !== String(engine)) return
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (environment.split('\0').includes(ENGINE_VARIABLE)) signalProcess(pid, 'SIGKILL')
  }))
}

/** The fields of /proc/PID/stat behind the second, which is the command in brackets and may hold spaces and brackets itself. */
async function statOf (pid: number): Promise<string[] | undefined> {
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
