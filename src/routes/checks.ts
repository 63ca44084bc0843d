import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Context } from '../operations/context.ts'
import { visibleEnvironment } from '../operations/reads/queries.ts'
import { requestDriftCheck } from '../operations/commands/drift-check.ts'
import { previewChange, previewCreation } from '../operations/commands/preview.ts'
import { placementFor } from '../operations/access/guardrails.ts'
import { refTo } from '../schemas/names.ts'
import { Operation } from '../schemas/operation.ts'
import { Spec, SpecPatch } from '../schemas/spec.ts'
import { checkSpec } from '../spec/check.ts'
import { ById } from './http/environment-answers.ts'
import { refuseWrongFields } from './http/field-errors.ts'
import { IdempotencyHeaders, requesterOf } from './http/requester.ts'
import { problemsFor, typed } from './http/scope.ts'
import { PATCH_TYPES, acceptMergePatches, applyMergePatch } from './http/spec-body.ts'

const accepted = {
  ...refTo(Operation),
  description: 'Accepted; follow the operation, its report is in it',
  headers: { location: { type: 'string' } }
}

/** Operations that only read: previews and drift checks. Any number of them runs beside the others. */
export const checkRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  await app.register(checksOfSpecs(context))
  await app.register(checksOfChanges(context))
}

const checksOfSpecs = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).post('/previews', {
    config: { operation: 'previews.create' },
    attachValidation: true,
    schema: {
      operationId: 'previewCreation',
      tags: ['previews'],
      summary: 'Show what making a new environment would create',
      headers: IdempotencyHeaders,
      body: refTo(Spec),
      response: { 202: accepted, ...problemsFor(400, 401, 403, 409, 413, 415, 422, 503) }
    }
  }, async (request, reply) => {
    const placement = await placementFor(context, request.caller, request.body)
    refuseWrongFields(request, (body, bySchema) => checkSpec(body, bySchema, placement))
    return answer(reply, await previewCreation(context, requesterOf(request), request.body))
  })
}

const checksOfChanges = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  acceptMergePatches(app)
  const scope = typed(app)

  scope.post('/environments/:id/previews', {
    config: { operation: 'environments.preview' },
    schema: {
      operationId: 'previewChange',
      tags: ['previews'],
      summary: 'Show what a change (a JSON merge patch, as of the PATCH) would create, update, replace and delete',
      consumes: PATCH_TYPES,
      params: ById,
      headers: IdempotencyHeaders,
      body: refTo(SpecPatch),
      response: { 202: accepted, ...problemsFor(400, 401, 403, 404, 409, 413, 415, 422, 503) }
    }
  }, async (request, reply) => {
    const { id } = request.params
    await visibleEnvironment(context, request.caller, id)
    return answer(reply, await previewChange(context, requesterOf(request), { id, spec: applyMergePatch(request) }))
  })

  scope.post(
    '/environments/:id/drift-checks',
    {
      config: { operation: 'environments.drift-check' },
      schema: {
        operationId: 'checkDrift',
        tags: ['environments'],
        summary:
          'Compare the state with the cloud; the report is in the operation, the condition Drifted in the environment',
        params: ById,
        headers: IdempotencyHeaders,
        response: { 202: accepted, ...problemsFor(400, 401, 404, 409, 422, 503) }
      }
    },
    async (request, reply) => answer(reply, await requestDriftCheck(context, requesterOf(request), request.params.id))
  )
}

function answer (reply: FastifyReply, operation: Operation): Operation {
  reply.code(202).header('location', operation.links.self)
  return operation
}
