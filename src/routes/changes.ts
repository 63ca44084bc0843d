import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../operations/context.ts'
import { visibleEnvironment } from '../operations/reads/queries.ts'
import { updateEnvironment, type Changed } from '../operations/commands/update.ts'
import { putEnvironment } from '../operations/commands/put.ts'
import { placementFor } from '../operations/access/guardrails.ts'
import { Environment } from '../schemas/environment.ts'
import { Slug, refTo } from '../schemas/names.ts'
import { NamedSpec, SpecPatch } from '../schemas/spec.ts'
import { deletion } from '../schemas/spec-fields/deletion.ts'
import { checkSpec } from '../spec/check.ts'
import { ById, ETag, sendEnvironment } from './http/environment-answers.ts'
import { refuseWrongFields } from './http/field-errors.ts'
import { IfMatchHeaders, WriteHeaders, requesterOf } from './http/requester.ts'
import { problemsFor, typed } from './http/scope.ts'
import {
  PATCH_TYPES,
  acceptMergePatches,
  generationsOf,
  namedSpec,
  applyMergePatch,
  replaceSpec,
  wrongName
} from './http/spec-body.ts'

const ByName = Type.Object({ team: Slug, name: Slug }, { additionalProperties: false })
const JobsOverride = Type.Pick(deletion.request, ['jobs'], { additionalProperties: false })
const UpdateHeaders = Type.Object({ ...WriteHeaders.properties, ...IfMatchHeaders.properties })
const PutHeaders = Type.Object({
  ...UpdateHeaders.properties,
  'if-none-match': Type.Optional(Type.Literal('*', { description: 'Only create: 412 when the environment exists' }))
})

const responses = {
  200: {
    ...refTo(Environment),
    description: 'Nothing to do: it is what the spec says, or an operation is making it so',
    headers: ETag
  },
  202: {
    ...refTo(Environment),
    description: 'Accepted; follow the operation',
    headers: { location: { type: 'string' }, ...ETag }
  },
  ...problemsFor(400, 401, 403, 404, 409, 412, 413, 415, 422, 503)
}

/** Changes of environments: by id, a merge patch; by name, the whole spec. */
export const changeRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  await app.register(byId(context))
  await app.register(byName(context))
}

const byId = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  acceptMergePatches(app)
  typed(app).patch('/environments/:id', {
    config: { operation: 'environments.update' },
    schema: {
      operationId: 'updateEnvironment',
      tags: ['environments'],
      summary: 'Change the spec by a JSON merge patch (RFC 7396); team, name and region stay',
      consumes: PATCH_TYPES,
      params: ById,
      querystring: JobsOverride,
      headers: UpdateHeaders,
      body: refTo(SpecPatch),
      response: responses
    }
  }, async (request, reply) => {
    const { id } = request.params
    await visibleEnvironment(context, request.caller, id)
    const change = {
      id,
      spec: applyMergePatch(request),
      ifMatch: generationsOf(request.headers['if-match']),
      overrides: request.query
    }
    return answerChange(reply, await updateEnvironment(context, requesterOf(request), change))
  })
}

const byName = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).put('/teams/:team/environments/:name', {
    config: { operation: 'environments.put' },
    // The handler answers for schema and rules together, so that every wrong field is named at once.
    attachValidation: true,
    schema: {
      operationId: 'putEnvironment',
      tags: ['environments'],
      summary: 'Create or change the environment of that name: its spec becomes the body',
      params: ByName,
      querystring: JobsOverride,
      headers: PutHeaders,
      body: refTo(NamedSpec),
      response: responses
    }
  }, async (request, reply) => {
    const placement = await placementFor(context, request.caller, request.params)
    refuseWrongFields(request, (body, bySchema) => [
      ...wrongName(body, request.params),
      ...checkSpec(body, bySchema, placement)
    ])
    const spec = namedSpec(request.body, request.params)
    return answerChange(
      reply,
      await putEnvironment(context, requesterOf(request), {
        spec,
        change: {
          spec: replaceSpec(request, spec),
          ifMatch: generationsOf(request.headers['if-match']),
          overrides: request.query
        },
        onlyCreate: request.headers['if-none-match'] !== undefined
      })
    )
  })
}

function answerChange (reply: FastifyReply, { environment, accepted }: Changed): Environment {
  if (accepted) reply.header('location', environment.links.self)
  return sendEnvironment(reply.code(accepted ? 202 : 200), environment)
}
