import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../operations/context.ts'
import { getTeam, listTeams, putTeam } from '../operations/access/teams.ts'
import { Slug, refTo } from '../schemas/names.ts'
import { PageQuery, TeamPage } from '../schemas/page.ts'
import { Team, TeamInput } from '../schemas/team.ts'
import { checkTeam } from '../spec/check-team.ts'
import { refuseWrongFields } from './http/field-errors.ts'
import { problemsFor, typed } from './http/scope.ts'

const ByTeam = Type.Object({ team: Slug }, { additionalProperties: false })

/** Teams: where their environments live and how far a spec may reach. */
export const teamRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.put(
    '/teams/:team',
    {
      config: { operation: 'teams.put' },
      attachValidation: true,
      schema: {
        operationId: 'putTeam',
        tags: ['teams'],
        summary: "Set a team's placement and guardrails; environments that exist stay where they are",
        params: ByTeam,
        body: refTo(TeamInput),
        response: {
          200: { ...refTo(Team), description: 'Replaced' },
          201: { ...refTo(Team), description: 'Added' },
          ...problemsFor(400, 401, 403, 503)
        }
      }
    },
    async (request, reply) => {
      refuseWrongFields(request, checkTeam)
      const { team, created } = await putTeam(context, request.params.team, request.body)
      return reply.code(created ? 201 : 200).send(team)
    }
  )

  scope.get('/teams/:team', {
    config: { operation: 'teams.get' },
    schema: {
      operationId: 'getTeam',
      tags: ['teams'],
      summary: 'One team',
      params: ByTeam,
      response: { 200: refTo(Team), ...problemsFor(400, 401, 403, 404, 503) }
    }
  }, async (request) => getTeam(context, request.params.team))

  scope.get('/teams', {
    config: { operation: 'teams.list' },
    schema: {
      operationId: 'listTeams',
      tags: ['teams'],
      summary: 'Teams by name',
      querystring: PageQuery,
      response: { 200: refTo(TeamPage), ...problemsFor(400, 401, 403, 503) }
    }
  }, async (request) => listTeams(context, request.query))
}
