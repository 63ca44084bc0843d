import { sql } from 'kysely'
import type { Guardrails, Placement } from '../../schemas/team.ts'
import { json, type Queryable } from '../sql.ts'
import type { TeamRow } from '../tables.ts'

export interface TeamValues {
  readonly name: string
  readonly placement: Placement
  readonly guardrails: Guardrails
}

/** Adds the team or replaces its placement and guardrails; `created` says which. */
export async function upsertTeam (db: Queryable, team: TeamValues): Promise<{ team: TeamRow, created: boolean }> {
  const { rows: [row] } = await sql<TeamRow & { created: boolean }>`
    insert into teams (name, placement, guardrails)
    values (${team.name}, ${json(team.placement)}, ${json(team.guardrails)})
    on conflict (name) do update
      set placement = excluded.placement, guardrails = excluded.guardrails, updated_at = now()
    -- xmax is the transaction that replaced a row version: none for a row just inserted.
    returning *, xmax = 0 as created`.execute(db)
  if (!row) throw new Error('an upsert returned no row')
  const { created, ...rest } = row
  return { team: rest, created }
}

/** Adds the team unless there is one of that name, which stays as it is. */
export async function addTeam (db: Queryable, team: TeamValues): Promise<void> {
  await sql`
    insert into teams (name, placement, guardrails)
    values (${team.name}, ${json(team.placement)}, ${json(team.guardrails)})
    on conflict (name) do nothing`.execute(db)
}

export async function teamByName (db: Queryable, name: string): Promise<TeamRow | undefined> {
  return db.selectFrom('teams').selectAll().where('name', '=', name).executeTakeFirst()
}

/** Locks the row until the transaction ends; environments can still be added to the team. */
export async function lockTeam (trx: Queryable, name: string): Promise<void> {
  await trx.selectFrom('teams').select('name').where('name', '=', name).forNoKeyUpdate().execute()
}

/** A page of teams by name; `next` is the `after` of the page that follows. */
export async function pageOfTeams (
  db: Queryable, { after, limit }: { readonly after?: string | undefined, readonly limit: number }
): Promise<{ rows: TeamRow[], next: string | null }> {
  const rows = await db.selectFrom('teams').selectAll()
    .$if(after !== undefined, (query) => query.where('name', '>', after ?? ''))
    .orderBy('name').limit(limit + 1).execute()
  const page = rows.slice(0, limit)
  return { rows: page, next: rows.length > limit ? page.at(-1)?.name ?? null : null }
}
