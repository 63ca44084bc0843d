import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../../src/store/database/database.ts'
import { openDatabase } from '../../../src/store/database/open-database.ts'
import { environmentById, specAt } from '../../../src/store/queries/environments.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { operationById } from '../../../src/store/queries/operations.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'

const MIGRATIONS = join(import.meta.dirname, '../../../src/store/migrations')

/** Brings an empty database to an earlier version, as the program of that time did. */
async function migrateTo (version: number, database: Database): Promise<void> {
  await database.script(
    `create table migrations (version integer primary key, name text not null,
      applied_at timestamptz not null default now())`
  )
  for (const file of (await readdir(MIGRATIONS)).sort().slice(0, version)) {
    await database.script(await readFile(join(MIGRATIONS, file), 'utf8'))
    await sql`insert into migrations (version, name) values (${Number(file.slice(0, 3))},
      ${file.slice(4, -4)})`.execute(
      database.db
    )
  }
}

const SPEC = { team: 'vision', name: 'training', jobs: { default: { image: 'python:3.13' } } }

describeOnEachDatabase('an upgrade', (use) => {
  it('from version 2 keeps environments and operations, and fills in the columns of later versions', async () => {
    const database = await openDatabase(await use().fresh())
    const { db } = database
    try {
      await migrateTo(2, database)
      await sql`insert into teams (name, placement, guardrails) values ('vision', '{"region": "eu-central-1"}',
        '{}')`.execute(
          db
        )
      await sql`insert into environments (id, team, name, cloud, phase, generation, observed_generation, placement,
        spec, resolved, outputs)
        values ('env_1', 'vision', 'training', 'sandbox', 'ready', 3, 3, '{"region": "eu-central-1"}',
          ${JSON.stringify(SPEC)}::jsonb, '{"region": "eu-central-1"}', '{"x": 1}')`.execute(
        db
      )
      await sql`insert into operations (id, environment_id, kind, state, generation, attempt, finished_at, error)
        values ('op_1', 'env_1', 'create', 'failed', 1, 1, now(), '{"code": "throttled"}')`.execute(db)
      await sql`insert into operations (id, environment_id, kind, state, generation) values ('op_2', 'env_1',
        'delete', 'queued', 3)`.execute(
          db
        )
      await sql`insert into events (operation_id, id, at, body) values ('op_1', 1, now(), '{}')`.execute(db)
      await migrate(database)

      expect(await environmentById(db, 'env_1')).toMatchObject({
        phase: 'ready',
        generation: 3,
        outputs: { x: 1 },
        resolved: {
          region: 'eu-central-1',
          deletion: { protected: false, bucket: 'refuse', jobs: 'refuse', logs: 'delete' },
          driftIgnore: { tagKeys: [], tagKeyPrefixes: [] }
        }
      })
      expect(await specAt(db, 'env_1', 3)).toEqual(SPEC)
      expect(await operationById(db, 'op_1')).toMatchObject({
        team: 'vision',
        state: 'failed',
        input: {},
        result: null,
        retries: 0,
        retry_at: null,
        retry_of: null
      })
      expect(await operationById(db, 'op_2')).toMatchObject({ team: 'vision', state: 'queued', kind: 'delete' })
      await expect(
        sql`insert into operations (id, team, kind, state, generation) values ('op_3', 'vision', 'update', 'queued',
          1)`.execute(
            db
          )
      ).rejects.toThrow(/check/)
    } finally {
      await database.close()
    }
  })

  it('from version 7 keeps when each team was last served', async () => {
    const database = await openDatabase(await use().fresh())
    const { db } = database
    try {
      await migrateTo(7, database)
      await sql`insert into turns (team, reads, served_at)
        values ('vision', false, '2026-01-01T00:00:00Z'), ('vision', true, '2026-01-02T00:00:00Z')`.execute(db)
      await migrate(database)

      const { rows } = await sql`select team, read_only, served_at from fair_share order by served_at`.execute(db)
      expect(rows).toEqual([
        { team: 'vision', read_only: false, served_at: new Date('2026-01-01T00:00:00Z') },
        { team: 'vision', read_only: true, served_at: new Date('2026-01-02T00:00:00Z') }
      ])
    } finally {
      await database.close()
    }
  })
})
