import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { PgBoss } from 'pg-boss'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../src/store/database/open-database.ts'
import { setProgress } from '../../../src/store/queries/attempts.ts'
import { lockEnvironment } from '../../../src/store/queries/environments.ts'
import {
  DatabaseInUse,
  DatabaseTooNew,
  DatabaseUnreachable,
  isDatabaseAway
} from '../../../src/store/database/errors.ts'
import { appendEvents } from '../../../src/store/queries/events.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { addTeam, pageOfTeams, teamByName } from '../../../src/store/queries/teams.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { silentLog } from '../../support/log.ts'
import { givenClaim, givenEnvironment, givenOperation, givenTeam } from '../../support/database/records.ts'

const storeProcess = fileURLToPath(new URL('../../support/database/store-process.ts', import.meta.url))
const migrationFiles = fileURLToPath(new URL('../../../src/store/migrations', import.meta.url))

describeOnEachDatabase('the database', (use) => {
  describe('migrations', () => {
    it('are applied once when several connections race', async () => {
      const versions = readdirSync(migrationFiles).map((file) => Number.parseInt(file, 10)).toSorted((a, b) => a - b)
      const options = await use().fresh()
      // The embedded database has one process: there the race is between callers.
      const databases = options.url === undefined
        ? [await openDatabase(options)]
        : await Promise.all(Array.from({ length: 4 }, async () => openDatabase(options)))
      await Promise.all(Array.from({ length: 8 }, async (_, n) => {
        const database = databases[n % databases.length]
        if (database) await migrate(database)
      }))
      for (const { db } of databases) {
        await givenTeam(db, 'vision')
        const { rows } = await sql<{ version: number }>`select version from migrations order by version`.execute(db)
        expect(rows.map(({ version }) => version)).toEqual(versions)
      }
      await Promise.all(databases.map(async (database) => { await database.close() }))
    })

    it('refuse a database of a later version', async () => {
      const database = await openDatabase(await use().fresh())
      await migrate(database)
      await sql`insert into migrations (version, name) values (999, 'from-the-future')`.execute(database.db)
      await expect(migrate(database)).rejects.toThrow(DatabaseTooNew)
      await database.close()
    })
  })

  it('stores events while a request locks the environment, and refuses a request that waits too long', async ({
    skip
  }) => {
    const {
      database: { db, kind }
    } = use()
    if (kind === 'pglite') skip('there is one connection: nothing can hold a row while another one waits')
    const { id } = await givenEnvironment(db)
    const fence = await givenClaim(db, (await givenOperation(db, id)).id)
    await db.transaction().execute(async (deciding) => {
      await lockEnvironment(deciding, id)
      // The second write of a row in one transaction looks at its environment again.
      await db.transaction().execute(async (trx) => {
        await appendEvents(trx, fence, [{ type: 'diagnostic', severity: 'info', message: 'x' }])
        await setProgress(trx, fence, { done: 1, total: 2, recorded: 1 })
      })
      await expect(db.transaction().execute(async (trx) => lockEnvironment(trx, id))).rejects.toSatisfy(isDatabaseAway)
    })
  })

  it('takes no error of anything else for its own', () => {
    for (const code of ['ENOENT', 'ECONNRESET', 'EPIPE']) {
      expect(isDatabaseAway(Object.assign(new Error('a file, or a caller'), { code }))).toBe(false)
    }
  })

  it('survives a script that fails beside an open transaction', async () => {
    const { database } = use()
    const inside = Promise.withResolvers<undefined>()
    const proceed = Promise.withResolvers<undefined>()
    const transaction = database.db.transaction().execute(async (trx) => {
      await givenTeam(trx, 'vision')
      inside.resolve(undefined)
      await proceed.promise
      await givenTeam(trx, 'speech')
    })
    await inside.promise
    const script = expect(
      database.script('begin; create table half (id integer); select 1 / 0; commit')
    ).rejects.toThrow(/division by zero/)
    const next = database.db.transaction().execute(async (trx) => { await givenTeam(trx, 'robots') })
    proceed.resolve(undefined)
    await Promise.all([transaction, script, next])
    expect((await pageOfTeams(database.db, { limit: 9 })).rows.map(({ name }) => name)).toEqual([
      'robots',
      'speech',
      'vision'
    ])
    await expect(sql`select from half`.execute(database.db)).rejects.toThrow(/half/)
  })

  it('gives pg-boss the same care when its own script fails beside an open transaction', async () => {
    const { database } = use()
    const boss = new PgBoss({ ...database.boss, schema: 'care', schedule: false, supervise: false })
    boss.on('error', () => {})
    await boss.start()
    const inside = Promise.withResolvers<undefined>()
    const proceed = Promise.withResolvers<undefined>()
    const transaction = database.db.transaction().execute(async (trx) => {
      inside.resolve(undefined)
      await proceed.promise
      await givenTeam(trx, 'vision')
    })
    await inside.promise
    const script = expect(boss.getDb().executeSql('begin; select 1 / 0; commit')).rejects.toThrow(/division by zero/)
    const next = database.db.transaction().execute(async (trx) => { await givenTeam(trx, 'robots') })
    proceed.resolve(undefined)
    await Promise.all([transaction, script, next])
    await boss.createQueue('after')
    expect(await teamByName(database.db, 'vision')).toBeDefined()
    await boss.stop({ graceful: false })
  })

  it('reads and writes counts, times and structures alike', async () => {
    const { db } = use().database
    const {
      rows: [row]
    } =
      await sql`select count(*) as count, timestamptz '2026-01-02T03:04:05.678Z' as at,
        '{"a":[1,null]}'::jsonb as body, 9007199254740991 as big`.execute(
          db
        )
    expect(row).toEqual({
      count: 1,
      at: new Date('2026-01-02T03:04:05.678Z'),
      body: { a: [1, null] },
      big: 9007199254740991
    })
  })

  it('goes on notifying the other listeners when one throws or is closed', async () => {
    const { database } = use()
    const heard: string[] = []
    const last = Promise.withResolvers<undefined>()
    const failing = await database.listen('news', () => { throw new Error('a bad listener') })
    const closed = await database.listen('news', (payload) => heard.push(`closed: ${payload}`))
    const listening = await database.listen('news', (payload) => {
      heard.push(payload)
      if (payload === 'end') last.resolve(undefined)
    })
    await closed.close()
    await closed.close()
    for (const payload of ['one', 'end']) await sql`select pg_notify('news', ${payload})`.execute(database.db)
    await last.promise
    expect(heard).toEqual(['one', 'end'])
    await failing.close()
    await listening.close()
  })

  it('answers a ping, and closes once however often it is told to', async () => {
    const database = await openDatabase(await use().fresh())
    await expect(database.ping()).resolves.toBeUndefined()
    await Promise.all([database.close(), database.close()])
    await database.close()
    await expect(database.ping()).rejects.toThrow()
  })

  it('finds its listeners again after the server dropped their connection', async ({ skip }) => {
    const { database } = use()
    if (database.kind === 'pglite') skip('there is no connection to lose')
    const reconnected = Promise.withResolvers<undefined>()
    const heard = Promise.withResolvers<string>()
    const listener = await database.listen('news', heard.resolve, () => reconnected.resolve(undefined))
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'batchyard listen'
      and datname = current_database()`.execute(
        database.db
      )
    await reconnected.promise
    await sql`select pg_notify('news', 'still here')`.execute(database.db)
    expect(await heard.promise).toBe('still here')
    await listener.close()
  })
})

describe('a Postgres server that does not answer', () => {
  it('is named without its password', async () => {
    const opening = openDatabase({
      url: 'postgresql://me:s3cret@127.0.0.1:1/batchyard',
      dataDir: tmpdir(),
      log: silentLog
    })
    await expect(opening).rejects.toThrow(DatabaseUnreachable)
    await expect(opening).rejects.toThrow(/127\.0\.0\.1:1\/batchyard/)
    await expect(opening).rejects.not.toThrow(/s3cret/)
  })
})

describe('the embedded database\'s directory', () => {
  const children: ChildProcess[] = []
  const directories: string[] = []
  const givenDirectory = () => {
    const directory = mkdtempSync(join(tmpdir(), 'batchyard-lock-'))
    directories.push(directory)
    return directory
  }

  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child)
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
  })

  /** Starts another process on the directory and waits until it has committed `rows` rows; `names` goes on growing. */
  async function givenProcess (directory: string, rows: number): Promise<{ child: ChildProcess, names: string[] }> {
    const child = spawn(process.execPath, [storeProcess, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    if (!child.stdout) throw new Error('the process was started without a pipe')
    const names: string[] = []
    const enough = Promise.withResolvers<undefined>()
    child.once('exit', () => enough.reject(new Error('the process ended early')))
    createInterface({ input: child.stdout }).on('line', (line) => {
      names.push(line)
      if (names.length >= rows) enough.resolve(undefined)
    })
    await enough.promise
    return { child, names }
  }

  it('is refused to a second process, which is told who has it', async () => {
    const directory = givenDirectory()
    const { child } = await givenProcess(directory, 1)
    const opening = openDatabase({ dataDir: directory, log: silentLog })
    await expect(opening).rejects.toThrow(DatabaseInUse)
    await expect(opening).rejects.toThrow(`process ${child.pid} on `)
  })

  it('is refused to a second opening in the same process, until it is closed', async () => {
    const directory = givenDirectory()
    const first = await openDatabase({ dataDir: directory, log: silentLog })
    await expect(openDatabase({ dataDir: directory, log: silentLog })).rejects.toThrow(DatabaseInUse)
    await first.close()
    const second = await openDatabase({ dataDir: directory, log: silentLog })
    await second.close()
  })

  it('opens by itself after a kill -9, with every row that was committed', async () => {
    const directory = givenDirectory()
    const { child, names } = await givenProcess(directory, 25)
    await kill(child)
    const database = await openDatabase({ dataDir: directory, log: silentLog })
    await migrate(database)
    const kept = new Set((await pageOfTeams(database.db, { limit: 100_000 })).rows.map(({ name }) => name))
    expect(names.filter((name) => !kept.has(name))).toEqual([])
    await addTeam(database.db, { name: 'after', placement: { region: 'eu-central-1' }, guardrails: {} })
    await database.close()
  })
})

async function kill (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
