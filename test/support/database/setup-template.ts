import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openQueue } from '../../../src/operations/queue/queue.ts'
import { openDatabase } from '../../../src/store/database/open-database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { CACHE } from '../cache.ts'
import { silentLog } from '../log.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** An embedded database that is empty and closed, to be copied. */
    emptyDatabase?: string
    /** One that is migrated besides. */
    databaseTemplate?: string
  }
}

const ROOT = join(import.meta.dirname, '../../..')
const TEMPLATES = join(CACHE, 'databases')
/** A template is made from these: another one is needed when any of them changes. */
const SOURCES = ['package-lock.json', 'src/store', 'src/operations/queue']
const KEPT_MILLISECONDS = 24 * 3_600_000

/**
 * Provides an embedded database to be copied: a copy takes 0.1 s of processor time, a new database 5 s. It is kept for
 * the next run, as long as nothing changes that it is made from.
 */
export default async function setup (project: TestProject): Promise<void> {
  const template = join(TEMPLATES, await versionOf(SOURCES))
  if (!await exists(template)) await makeTemplate(template)
  project.provide('emptyDatabase', join(template, 'empty/database'))
  project.provide('databaseTemplate', join(template, 'migrated/database'))
}

async function makeTemplate (template: string): Promise<void> {
  await mkdir(TEMPLATES, { recursive: true })
  await removeOld()
  // Another run may make the same at the same time: whichever is done first stays.
  const folder = await mkdtemp(join(TEMPLATES, 'unfinished-'))
  const [empty, migrated] = [join(folder, 'empty'), join(folder, 'migrated')]
  await (await openDatabase({ dataDir: empty, log: silentLog })).close()
  await cp(empty, migrated, { recursive: true })
  const database = await openDatabase({ dataDir: migrated, log: silentLog })
  await migrate(database)
  const queue = await openQueue(database, { log: silentLog, deadlineSeconds: 3_600 })
  await queue.stop({ timeoutMilliseconds: 0 })
  await database.close()
  await rename(folder, template).catch(async () => rm(folder, { recursive: true }))
}

async function versionOf (sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const file of await filesIn(join(ROOT, source))) hash.update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 16)
}

async function filesIn (path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)).sort()
}

async function removeOld (): Promise<void> {
  for (const name of await readdir(TEMPLATES)) {
    const { mtimeMs } = await stat(join(TEMPLATES, name))
    if (Date.now() - mtimeMs > KEPT_MILLISECONDS) await rm(join(TEMPLATES, name), { recursive: true, force: true })
  }
}

const exists = async (path: string): Promise<boolean> => stat(path).then(() => true, () => false)
