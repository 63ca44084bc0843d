import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Processes of one service, by what they are. */
export interface Family {
  readonly service: readonly number[]
  readonly runner: readonly number[]
  readonly engine: readonly number[]
}
export type Part = keyof Family

/** Of the scripts they are started with, behind the folder of the sources. */
const RUNNER = 'engine/runner/main.ts'
const SERVICE = 'server/main.ts'

/**
 * Who belongs to a service, by /proc: its runners are its children; engines, which outlive it, are whatever stands in a
 * work directory of its data folder. Nobody else's process can be meant.
 * @param service undefined while it does not run
 */
export function familyOf (service: number | undefined, dataDir: string): Family {
  const work = join(dataDir, 'work/')
  const pids = allPids()
  const runner = pids.filter(
    (pid) => service !== undefined && parentOf(pid) === service && commandOf(pid).includes(RUNNER)
  )
  const engine = pids.filter((pid) => directoryOf(pid).startsWith(work) && !commandOf(pid).includes(RUNNER))
  return { service: service === undefined ? [] : [service], runner, engine }
}

/** Services that this process has started, also one that does not listen yet. */
export const startedServices = (): number[] =>
  allPids().filter((pid) => parentOf(pid) === process.pid && commandOf(pid).includes(SERVICE))

const allPids = (): number[] => readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).map(Number)

/** An empty text when there is no such process any more, or it is a zombie without one. */
function read<T extends string> (from: (path: string) => T, path: string): string {
  try {
    return from(path)
  } catch {
    return ''
  }
}

const directoryOf = (pid: number): string => read(readlinkSync, `/proc/${pid}/cwd`)
const commandOf = (pid: number): string =>
  read((path) => readFileSync(path, 'utf8'), `/proc/${pid}/cmdline`).replaceAll('\0', ' ')

/** The second field is the command in brackets, and may hold spaces. */
function parentOf (pid: number): number {
  const stat = read((path) => readFileSync(path, 'utf8'), `/proc/${pid}/stat`)
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** Kills a process as nothing can refuse; false when it is gone already. */
export function kill (pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
