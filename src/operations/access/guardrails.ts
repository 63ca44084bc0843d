import { Value } from 'typebox/value'
import { Refusal } from '../../errors.ts'
import { Slug } from '../../schemas/names.ts'
import type { Spec } from '../../schemas/spec.ts'
import type { Guardrails, Placement } from '../../schemas/team.ts'
import { checkGuardrails } from '../../spec/guardrails.ts'
import type { TeamRow } from '../../store/tables.ts'
import { addTeam, teamByName } from '../../store/queries/teams.ts'
import { teamOf, type Caller } from './caller.ts'
import type { Context } from '../context.ts'

/** An open sandbox adds unknown teams, without limits: nothing in it is real. */
const OPEN_TEAM: { placement: Placement, guardrails: Guardrails } = {
  placement: { region: 'us-east-1' },
  guardrails: { regions: ['*'], subnets: ['*'], securityGroups: ['*'], ecrRepositories: ['*'] }
}

/**
 * The placement that a spec will be checked against; undefined where the request will be refused anyway. The body may
 * have any shape: it is not validated yet, so that all its wrong fields are found together.
 */
export async function placementFor (
  { database, isOpen }: Context,
  caller: Caller,
  body: unknown
): Promise<Placement | undefined> {
  const team = typeof body === 'object' && body !== null && 'team' in body ? body.team : undefined
  const visible = teamOf(caller)
  // No text is passed to a query before it is validated: Postgres fails on a NUL.
  if (!Value.Check(Slug, team) || (visible !== undefined && visible !== team)) return undefined
  const row = await teamByName(database.db, team)
  return row?.placement ?? ((await isOpen()) ? OPEN_TEAM.placement : undefined)
}

export type TeamRules = Pick<TeamRow, 'placement' | 'guardrails'>

/**
 * The team a new environment would belong to.
 * @throws Refusal `unknown-team`
 */
export async function teamFor ({ database, isOpen }: Context, caller: Caller, name: string): Promise<TeamRules> {
  const visible = teamOf(caller)
  const team = visible === undefined || visible === name ? await teamByName(database.db, name) : undefined
  if (team) return team
  // The answer is the same for another's team and for an unknown one: a key must not learn which teams exist.
  if (visible !== undefined || !(await isOpen())) {
    throw new Refusal(
      'unknown-team',
      `${name} is not a team this key can use; an admin adds teams with PUT /teams/${name}`
    )
  }
  await addTeam(database.db, { name, ...OPEN_TEAM })
  return await teamByName(database.db, name) ?? OPEN_TEAM
}

/** @throws Refusal `outside-guardrails` */
export function refuseOutside (spec: Spec, placement: Placement, guardrails: Guardrails): void {
  const errors = checkGuardrails(spec, placement, guardrails)
  if (errors.length > 0) {
    throw new Refusal('outside-guardrails', 'an admin widens them with PUT /teams/{team}; nothing was stored', {
      errors
    })
  }
}
