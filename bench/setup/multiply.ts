import { sql } from 'kysely'
import type { Database } from '../../src/store/database/database.ts'
import { createIds } from '../../src/store/ids.ts'
import { json } from '../../src/store/sql.ts'

/** Rows of one statement: what is sent with it stays below a megabyte. */
const BATCH = 10_000

/**
 * Copies the one environment there is, with its newest operation, until the table has `count`: rows as the service
 * itself has written them, whatever their columns, under other ids and names. Then gathers statistics, as both
 * databases do by themselves in time.
 */
export async function multiplyEnvironments (database: Database, id: string, count: number): Promise<void> {
  const ids = createIds()
  for (let made = 1; made < count; made += BATCH) {
    const copies = Array.from({ length: Math.min(BATCH, count - made) }, (_, index) => ({
      environment: ids.environment(), operation: ids.operation(), name: `copy-${made + index}`
    }))
    await copy(database, id, copies)
  }
  await database.script('vacuum (analyze)')
}

async function copy ({ db }: Database, id: string, copies: object[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`
      insert into environments
      select (jsonb_populate_record(e, jsonb_build_object('id', copy->'environment', 'name', copy->'name'))).*
      from environments e, jsonb_array_elements(${json(copies)}) copy
      where e.id = ${id}`.execute(trx)
    // Operations are numbered by the database, whatever number is given.
    await sql`
      insert into operations overriding user value
      select (jsonb_populate_record(
        o, jsonb_build_object('id', copy->'operation', 'environment_id', copy->'environment')
      )).*
      from operations o, jsonb_array_elements(${json(copies)}) copy
      where o.environment_id = ${id}`.execute(trx)
  })
}
