import { Refusal, invalidFields } from '../../errors.ts'
import type { Team, TeamInput } from '../../schemas/team.ts'
import { pageOfTeams, teamByName, upsertTeam } from '../../store/queries/teams.ts'
import type { Context } from '../context.ts'
import { decodeCursor, encodeCursor } from '../reads/cursor.ts'
import { presentTeam } from '../reads/present.ts'

/** On AWS the account must be named, or environments would be made in the account of the service's own credentials. */
function accountMissing (): Refusal {
  const message = 'accountId or roleArn is required: without either nothing says which account is meant'
  return invalidFields([{ pointer: '/placement/accountId', message }])
}

/**
 * Sets a team's placement and guardrails; guardrails that are left out allow nothing.
 * @throws Refusal `validation-failed` on AWS for a placement without an account
 */
export async function putTeam (
  { database, cloud }: Context,
  name: string,
  { placement, guardrails = {} }: TeamInput
): Promise<{ team: Team, created: boolean }> {
  if (cloud === 'aws' && placement.accountId === undefined && placement.roleArn === undefined) throw accountMissing()
  const { team, created } = await upsertTeam(database.db, { name, placement, guardrails })
  return { team: presentTeam(team), created }
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
