import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '../errors.ts'
import { listOptional, readOptional, removeFile, writeAtomic } from './files.ts'
import type { StackFiles } from './files.ts'

/** A lock that this process holds. */
export interface HeldLock {
  release: () => Promise<void>
}

const isLock = (name: string): boolean => name.endsWith('.json')

/**
 * Takes the stack's lock by the file backend's protocol: look, write a lock of our own, look again; whoever sees a
 * foreign lock takes its own away and fails. Two that race may both fail, never both succeed.
 * @throws EngineError in the CLI's words, which the Automation API makes a ConcurrentUpdateError
 */
export async function lockStack (files: StackFiles): Promise<HeldLock> {
  const path = join(files.locks, `${randomUUID()}.json`)
  await refuseIfLocked(files, path)
  await writeAtomic(path, JSON.stringify({
    pid: process.pid, username: userInfo().username, hostname: hostname(), timestamp: new Date().toISOString()
  }))
  try {
    await refuseIfLocked(files, path)
  } catch (error) {
    await removeFile(path)
    throw error
  }
  return { release: async () => removeFile(path) }
}

async function refuseIfLocked (files: StackFiles, own: string): Promise<void> {
  const names = (await listOptional(files.locks)).filter(isLock)
  const others = names.map((name) => join(files.locks, name)).filter((path) => path !== own)
  if (others.length === 0) return
  const owners = await Promise.all(others.map(describe))
  throw new EngineError(
    [
      `the stack is currently locked by ${others.length} lock(s). ` +
        'Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.',
      ...owners
    ].join('\n  ')
  )
}

async function describe (path: string): Promise<string> {
  const text = await readOptional(path)
  if (text === undefined) return `file://${path}`
  const { username, hostname, pid, timestamp } = JSON.parse(text) as Record<string, unknown>
  const owner = `${String(username)}@${String(hostname)} (pid ${String(pid)})`
  return `file://${path}: created by ${owner} at ${String(timestamp).replace(/\.\d+/, '')}`
}

/** What `cancel` does: every lock of the stack goes, whoever holds it. */
export async function removeLocks (files: StackFiles): Promise<void> {
  await rm(files.locks, { recursive: true, force: true })
}
