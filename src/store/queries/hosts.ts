import { sql, type RawBuilder } from 'kysely'
import type { Queryable } from '../sql.ts'

/** Records that this host's workers are alive, in the database's time. */
export async function seeHost (db: Queryable, name: string): Promise<void> {
  await sql`
    insert into hosts (name, seen_at) values (${name}, clock_timestamp())
    on conflict (name) do update set seen_at = excluded.seen_at`.execute(db)
}

/**
 * Whether a host was not seen for so long that every process of its workers has ended. A host on which no worker was
 * ever seen may be a person's own, with `pulumi` on it: there a process that started (`since`) so long ago counts as
 * gone.
 */
export async function isHostGone (
  db: Queryable,
  name: string,
  { goneSeconds, since = new Date(0) }: { goneSeconds: number, since?: Date }
): Promise<boolean> {
  const {
    rows: [row]
  } = await sql<{ gone: boolean }>`
    select coalesce((select seen_at from hosts where hosts.name = ${name}), ${since}::timestamptz)
      < clock_timestamp() - make_interval(secs => ${goneSeconds}::float8) as gone`.execute(db)
  return row?.gone ?? false
}

/** Deletes hosts that were not seen for 30 days: every pod has a name of its own. Answers how many. */
export async function pruneHosts (db: Queryable): Promise<number> {
  const { rows } =
    await sql`delete from hosts where seen_at < clock_timestamp() - interval '30 days' returning name`.execute(db)
  return rows.length
}

/** A condition: the host of that name was seen within `goneSeconds`. */
export function isHostAlive (name: RawBuilder<unknown>, goneSeconds: number): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from hosts where hosts.name = ${name}
      and hosts.seen_at > clock_timestamp() - make_interval(secs => ${goneSeconds}::float8)
  )`
}
