import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DatabaseInUse } from './errors.ts'

export interface DirectoryLock {
  /** Idempotent. */
  release (): void
}

/**
 * Takes the directory for this process alone.
 *
 * Node has no flock. SQLite's exclusive transaction is a kernel lock on a file, and the kernel releases it however the
 * process ends. A pid file would remain after a kill -9, and is wrong between two containers that share a volume.
 * @throws DatabaseInUse naming the owner.
 */
export function lockDirectory (directory: string): DirectoryLock {
  const owner = join(directory, 'database.owner')
  const lock = new DatabaseSync(join(directory, 'database.lock'), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    throw new DatabaseInUse(
      `The database in ${directory} is in use by ${readOwner(owner)}. ` +
        'Stop it first, or give this one its own BATCHYARD_DATA; several replicas share a Postgres (DATABASE_URL).',
      { cause: error }
    )
  }
  // Written once the lock is held, and read only for the message above.
  writeFileSync(owner, `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`)
  return {
    release () {
      if (!lock.isOpen) return
      rmSync(owner, { force: true })
      lock.close()
    }
  }
}

function readOwner (file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return 'another process'
  }
}
