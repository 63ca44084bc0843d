import { sql } from 'kysely'
import type { Queryable } from '../sql.ts'

/** The cloud this database belongs to: the one of the first service that used it. */
export async function claimInstallation (db: Queryable, cloud: 'sandbox' | 'aws'): Promise<'sandbox' | 'aws'> {
  await sql`insert into installation (cloud) values (${cloud}) on conflict do nothing`.execute(db)
  const { rows: [row] } = await sql<{ cloud: 'sandbox' | 'aws' }>`select cloud from installation`.execute(db)
  if (!row) throw new Error('the installation has no row')
  return row.cloud
}
