import { sql } from 'kysely'
import type { Queryable } from '../sql.ts'
import type { KeyRow } from '../tables.ts'

/** Notified, without a payload, when a key was added or deleted: caches of keys are stale. */
export const KEYS_CHANNEL = 'keys_changed'

export interface KeyValues {
  readonly id: string
  /** SHA-256 of the key, 32 bytes. */
  readonly hash: Uint8Array
  readonly scope: 'admin' | 'team'
  /** Set exactly when `scope` is `team`. */
  readonly team: string | null
  readonly name: string
}

export type InsertKeyResult =
  | { readonly outcome: 'inserted', readonly key: KeyRow }
  | { readonly outcome: 'unknown-team' }

/** Adds a key and notifies every replica. */
export async function insertKey (db: Queryable, key: KeyValues): Promise<InsertKeyResult> {
  const { rows: [row] } = await sql<KeyRow>`
    with added as (
      insert into keys (id, hash, scope, team, name)
      select ${key.id}, ${key.hash}, ${key.scope}, ${key.team}, ${key.name}
      where ${key.team}::text is null or exists (select from teams where teams.name = ${key.team})
      returning *
    ), notified as (select pg_notify(${KEYS_CHANNEL}, '') from added)
    select added.* from added, notified`.execute(db)
  return row ? { outcome: 'inserted', key: row } : { outcome: 'unknown-team' }
}

/** Deletes a key and notifies every replica; whether there was one. */
export async function deleteKey (db: Queryable, id: string): Promise<boolean> {
  const { rows } = await sql`
    with gone as (delete from keys where id = ${id} returning id)
    select pg_notify(${KEYS_CHANNEL}, '') from gone`.execute(db)
  return rows.length > 0
}

/** The key as it is in the database, not in a replica's memory; undefined where there is none. */
export async function keyById (db: Queryable, id: string): Promise<KeyRow | undefined> {
  return db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Every key, newest first. There are few, and every replica keeps them all in memory. */
export async function allKeys (db: Queryable): Promise<KeyRow[]> {
  return db.selectFrom('keys').selectAll().orderBy('id', 'desc').execute()
}
