import { Refusal } from '../errors.ts'
import type { Team, TeamInput } from '../schemas/team.ts'
import { pageOfTeams, teamByName, upsertTeam } from '../store/teams.ts'
import type { Context } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { presentTeam } from './present.ts'

/** Sets a team's placement and guardrails; guardrails that are left out allow nothing. */
export async function putTeam ({ database }: Context, name: string, { placement, guardrails = {} }: TeamInput): Promise<Team> {
  return presentTeam((await upsertTeam(database.db, { name, placement, guardrails })).team)
}

/** @throws Refusal `not-found` */
export async function getTeam ({ database }: Context, name: string): Promise<Team> {
  const row = await teamByName(database.db, name)
  if (!row) throw new Refusal('not-found', `there is no team ${name}`)
  return presentTeam(row)
}

export async function listTeams (
  { database }: Context, { cursor, limit = 50 }: { cursor?: string, limit?: number }
): Promise<{ items: Team[], next: string | null }> {
  const { rows, next } = await pageOfTeams(database.db, { after: decodeCursor(cursor), limit })
  return { items: rows.map(presentTeam), next: encodeCursor(next) }
}
