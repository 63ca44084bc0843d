import type { FastifyInstance } from 'fastify'
import type { Context } from '../operations/context.ts'
import { getEnvironment, getOutputs, listEnvironments, listOperations } from '../operations/reads/queries.ts'
import { createEnvironment } from '../operations/commands/create.ts'
import { deleteEnvironment } from '../operations/commands/delete.ts'
import { placementFor } from '../operations/access/guardrails.ts'
import { Environment, Outputs } from '../schemas/environment.ts'
import { refTo } from '../schemas/names.ts'
import { EnvironmentFilter, EnvironmentPage, OperationPage, PageQuery } from '../schemas/page.ts'
import { Spec } from '../schemas/spec.ts'
import { deletion } from '../schemas/spec-fields/deletion.ts'
import { checkSpec } from '../spec/check.ts'
import { ById, ETag, sendEnvironment } from './http/environment-answers.ts'
import { refuseWrongFields } from './http/field-errors.ts'
import { IfMatchHeaders, WriteHeaders, requesterOf } from './http/requester.ts'
import { temporaryProblemResponse, problemsFor, typed } from './http/scope.ts'
import { generationsOf } from './http/spec-body.ts'

/** Environments: what teams ask for and get. */
export const environmentRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  await app.register(environmentReads(context))
  await app.register(environmentParts(context))
  await app.register(createRoute(context))
  await app.register(deleteRoute(context))
}

const createRoute = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).post('/environments', {
    config: { operation: 'environments.create' },
    // The handler answers for schema and rules together, so that every wrong field is named at once.
    attachValidation: true,
    schema: {
      operationId: 'createEnvironment',
      tags: ['environments'],
      summary: 'Ask for an environment',
      headers: WriteHeaders,
      body: refTo(Spec),
      response: {
        202: {
          ...refTo(Environment),
          description: 'Accepted; follow the operation',
          headers: { location: { type: 'string' }, ...ETag }
        },
        ...problemsFor(400, 401, 403, 404, 409, 413, 415, 422, 503)
      }
    }
  }, async (request, reply) => {
    const placement = await placementFor(context, request.caller, request.body)
    refuseWrongFields(request, (body, bySchema) => checkSpec(body, bySchema, placement))
    const environment = await createEnvironment(context, requesterOf(request), request.body)
    return sendEnvironment(reply.code(202).header('location', environment.links.self), environment)
  })
}

const deleteRoute = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).delete('/environments/:id', {
    config: { operation: 'environments.delete' },
    schema: {
      operationId: 'deleteEnvironment',
      tags: ['environments'],
      summary: 'Tear an environment down; repeating it is harmless. ' +
        'The parameters say for this call what the spec\'s deletion says otherwise',
      params: ById,
      querystring: deletion.request,
      headers: IfMatchHeaders,
      response: {
        200: { ...refTo(Environment), description: 'Was deleted before', headers: ETag },
        202: { ...refTo(Environment), description: 'Accepted; follow the operation', headers: ETag },
        ...problemsFor(400, 401, 404, 409, 412, 503)
      }
    }
  }, async (request, reply) => {
    const environment = await deleteEnvironment(context, requesterOf(request), {
      id: request.params.id,
      overrides: request.query,
      ifMatch: generationsOf(request.headers['if-match'])
    })
    return sendEnvironment(reply.code(environment.phase === 'deleted' ? 200 : 202), environment)
  })
}

const environmentReads = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.get('/environments', {
    config: { operation: 'environments.list' },
    schema: {
      operationId: 'listEnvironments',
      tags: ['environments'],
      summary: 'Environments, newest first; deleted ones only with phase=deleted',
      querystring: EnvironmentFilter,
      response: { 200: refTo(EnvironmentPage), ...problemsFor(400, 401, 503) }
    }
  }, async (request) => listEnvironments(context, request.caller, request.query))

  scope.get('/environments/:id', {
    config: { operation: 'environments.get' },
    schema: {
      operationId: 'getEnvironment',
      tags: ['environments'],
      summary: 'One environment: spec, phase, outputs, newest operation',
      params: ById,
      response: { 200: { ...refTo(Environment), headers: ETag }, ...problemsFor(400, 401, 404, 503) }
    }
  }, async (request, reply) => sendEnvironment(reply, await getEnvironment(context, request.caller, request.params.id)))
}

/** What belongs to one environment and is read by itself. */
const environmentParts = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.get('/environments/:id/outputs', {
    config: { operation: 'environments.outputs' },
    schema: {
      operationId: 'getOutputs',
      tags: ['environments'],
      summary: 'The last good outputs, as a flat object (docs/outputs.md)',
      params: ById,
      response: { 200: refTo(Outputs), ...problemsFor(400, 401, 404, 503), 409: temporaryProblemResponse }
    }
  }, async (request) => getOutputs(context, request.caller, request.params.id))

  scope.get('/environments/:id/operations', {
    config: { operation: 'environments.operations' },
    schema: {
      operationId: 'listOperations',
      tags: ['environments'],
      summary: 'The history of an environment: its operations of every kind, newest first',
      params: ById,
      querystring: PageQuery,
      response: { 200: refTo(OperationPage), ...problemsFor(400, 401, 404, 503) }
    }
  }, async (request) => listOperations(context, request.caller, { ...request.params, ...request.query }))
}
