import { sql } from 'kysely'
import type { Queryable } from '../sql.ts'

/** How long the answer to an Idempotency-Key is kept. */
export const KEPT_HOURS = 24

export interface StoredAnswer {
  readonly fingerprint: Uint8Array
  readonly answer: Uint8Array
}

/**
 * Claims an Idempotency-Key for the transaction: undefined when it is new or older than 24 hours, else what was
 * answered before. A second request with the same key waits here until the first one's transaction has ended.
 */
export async function claimKey (
  trx: Queryable,
  hash: Uint8Array,
  fingerprint: Uint8Array
): Promise<StoredAnswer | undefined> {
  const {
    rows: [inserted]
  } = await sql`
    insert into idempotency_keys as k (hash, fingerprint) values (${hash}, ${fingerprint})
    on conflict (hash) do update set fingerprint = excluded.fingerprint, answer = null, created_at = clock_timestamp()
      where k.created_at < clock_timestamp() - make_interval(hours => ${KEPT_HOURS}::integer)
    returning hash`.execute(trx)
  if (inserted) return undefined
  const {
    rows: [row]
  } = await sql<StoredAnswer>`select fingerprint, answer from idempotency_keys where hash = ${hash}`.execute(trx)
  return row
}

/** Stores the answer in the transaction of the request's own writes. */
export async function keepAnswer (trx: Queryable, hash: Uint8Array, answer: Uint8Array): Promise<void> {
  await sql`update idempotency_keys set answer = ${answer} where hash = ${hash}`.execute(trx)
}
