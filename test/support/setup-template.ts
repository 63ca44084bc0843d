import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openQueue } from '../../src/operations/queue.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrations.ts'
import { silentLog } from './log.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** An embedded database that is migrated and closed, to be copied. */
    databaseTemplate?: string
  }
}

/** Makes the embedded database once for all files of a project: each of theirs is a copy, 2 s sooner there than a new one. */
export default async function setup (project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-template-'))
  const database = await openDatabase({ dataDir, log: silentLog })
  await migrate(database)
  const queue = await openQueue(database, { log: silentLog, deadlineSeconds: 3_600 })
  await queue.stop({ timeoutMs: 0 })
  await database.close()
  project.provide('databaseTemplate', join(dataDir, 'database'))
  return async () => rm(dataDir, { recursive: true, force: true })
}
