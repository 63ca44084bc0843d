import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openQueue } from '../../../src/operations/queue/queue.ts'
import { openDatabase } from '../../../src/store/database/open-database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { silentLog } from '../log.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** An embedded database that is empty and closed, to be copied. */
    emptyDatabase?: string
    /** One that is migrated besides. */
    databaseTemplate?: string
  }
}

/** Makes the embedded database once for all files of a project: each of theirs is a copy, 2 s sooner there than a new one. */
export default async function setup (project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'batchyard-template-'))
  const [empty, migrated] = ['empty', 'migrated'].map((name) => join(folder, name)) as [string, string]
  await (await openDatabase({ dataDir: empty, log: silentLog })).close()
  await cp(empty, migrated, { recursive: true })
  const database = await openDatabase({ dataDir: migrated, log: silentLog })
  await migrate(database)
  const queue = await openQueue(database, { log: silentLog, deadlineSeconds: 3_600 })
  await queue.stop({ timeoutMs: 0 })
  await database.close()
  project.provide('emptyDatabase', join(empty, 'database'))
  project.provide('databaseTemplate', join(migrated, 'database'))
  return async () => rm(folder, { recursive: true, force: true })
}
