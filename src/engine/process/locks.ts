import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { pause, startedAt } from '../../host-processes.ts'
import { killSession } from './kill-session.ts'
import { ignoreAbsence, recordOf } from '../json.ts'
import { readJson } from '../state/state-files.ts'
import type { StatePaths } from '../state/state-paths.ts'

/** A lock of the file backend, as its owner wrote it. */
export interface Lock {
  readonly path: string
  /** Empty where the file does not say. */
  readonly host: string
  readonly pid: number
  /** Milliseconds since 1970. */
  readonly since: number
}

const POLL_MILLISECONDS = 500
/** The lock's clock and the process's start are read by different means; a later start than this is another process. */
const CLOCK_SLACK_MILLISECONDS = 2_000
/** Writing a lock takes milliseconds. */
const UNWRITTEN_MILLISECONDS = 60_000

/** Engines take every file there for a lock. One that was killed while it wrote its own leaves a `….tmp`. */
export async function listLocks (paths: StatePaths): Promise<Lock[]> {
  const names = (await readdir(paths.locks).catch(ignoreAbsence) ?? []).filter((name) => /\.(json|tmp)$/.test(name))
  const locks = await Promise.all(names.map(async (name) => readLock(join(paths.locks, name))))
  return locks.filter((lock) => lock !== undefined)
}

async function readLock (path: string): Promise<Lock | undefined> {
  const {
    pid,
    hostname: host,
    timestamp
  } = path.endsWith('.tmp') ? {} : recordOf(await readJson(path).catch(() => undefined))
  if (typeof pid === 'number' && typeof host === 'string' && typeof timestamp === 'string') {
    return { path, host, pid, since: Date.parse(timestamp) }
  }
  // Empty while it is being written, absent when its owner has just removed it; if it stays so, its owner died writing.
  const written = await stat(path).then(({ mtimeMs }) => mtimeMs, ignoreAbsence)
  return written === undefined ? undefined : { path, host: '', pid: 0, since: written }
}

/**
 * Whether a host, by its name, and every process on it is known to be gone. On a host that no worker was ever on, a
 * process that began long ago (`since`, milliseconds since 1970) counts as gone.
 */
export type IsHostGone = (host: string, since?: number) => Promise<boolean>

/**
 * A lock whose engine can't be running any more: it was of this host, and its process is gone or began after the lock
 * was taken (the pid was given out again); or its host is gone; or the file was never written to its end.
 */
export async function isStale (lock: Lock, isHostGone: IsHostGone): Promise<boolean> {
  if (lock.host === '') return Date.now() - lock.since > UNWRITTEN_MILLISECONDS
  if (lock.host !== hostname()) return isHostGone(lock.host, lock.since)
  const started = await startedAt(lock.pid)
  return started === undefined || started > lock.since + CLOCK_SLACK_MILLISECONDS
}

export interface LockPorts {
  readonly isHostGone: IsHostGone
  readonly onRemoved: (lock: Lock) => void
}

/**
 * Waits until nothing holds the stack, removing what dead engines left. Only stale lock files are deleted, one by one:
 * `pulumi cancel` would delete a live engine's too.
 * @returns The locks still held when `signal` aborts; none when the stack is free.
 */
export async function waitUntilUnlocked (
  paths: StatePaths,
  signal: AbortSignal,
  { isHostGone, onRemoved }: LockPorts
): Promise<Lock[]> {
  for (;;) {
    const held = await Promise.all(
      (await listLocks(paths)).map(async (lock) => {
        if (!(await isStale(lock, isHostGone))) return [lock]
        if (lock.host === hostname()) await killSession(lock.pid)
        // The CLI keeps attributes beside each file; first, so that none is left without its lock.
        await rm(`${lock.path}.attrs`, { force: true })
        await rm(lock.path, { force: true })
        onRemoved(lock)
        return []
      })
    )
    const locks = held.flat()
    if (locks.length === 0 || signal.aborted) return locks
    await pause(POLL_MILLISECONDS, signal)
  }
}
