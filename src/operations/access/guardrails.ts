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

/** An open sandbox adds unknown teams: nothing in it is real, so nothing needs a guardrail there. */
const OPEN_TEAM: { placement: Placement, guardrails: Guardrails } = {
  placement: { region: 'us-east-1' },
  guardrails: { regions: ['*'], subnets: ['*'], securityGroups: ['*'], ecrRepositories: ['*'] }
}

/**
 * The placement a spec will be judged by; undefined where the request will be refused anyway. The body may be of any
 * shape: it is asked before the body is known to be right, so that all its faults are found together.
 */
export async function placementFor (
  { database, isOpen }: Context,
  caller: Caller,
  body: unknown
): Promise<Placement | undefined> {
  const team = typeof body === 'object' && body !== null && 'team' in body ? body.team : undefined
  const visible = teamOf(caller)
  // No text reaches a query unjudged: Postgres fails on a NUL.
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
  // The same words whether the team is another's or nobody's: a key must not find out who else there is.
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
