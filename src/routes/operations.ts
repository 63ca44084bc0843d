import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../operations/context.ts'
import { getOperation } from '../operations/reads/queries.ts'
import { cancelOperation } from '../operations/commands/cancel.ts'
import { retryOperation } from '../operations/commands/retry.ts'
import { OperationId, refTo } from '../schemas/names.ts'
import { Operation } from '../schemas/operation.ts'
import { IdempotencyHeaders, requesterOf } from './http/requester.ts'
import { problemsFor, typed } from './http/scope.ts'

const ById = Type.Object({ id: OperationId }, { additionalProperties: false })

/** Operations: the work on an environment, and how it goes. */
export const operationRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  await app.register(readRoute(context))
  await app.register(cancelRoute(context))
  await app.register(retryRoute(context))
}

const readRoute = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).get('/operations/:id', {
    config: { operation: 'operations.get' },
    schema: {
      operationId: 'getOperation',
      tags: ['operations'],
      summary: 'State, progress, steps by resource, error, report',
      params: ById,
      response: { 200: refTo(Operation), ...problemsFor(400, 401, 404, 503) }
    }
  }, async (request) => getOperation(context, request.caller, request.params.id))
}

const cancelRoute = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).post('/operations/:id/cancel', {
    config: { operation: 'operations.cancel' },
    schema: {
      operationId: 'cancelOperation',
      tags: ['operations'],
      summary: 'Stop an operation as gently as its engine allows; harmless to repeat',
      params: ById,
      headers: IdempotencyHeaders,
      response: {
        200: { ...refTo(Operation), description: 'It has ended' },
        202: { ...refTo(Operation), description: 'It was asked to stop; follow it' },
        ...problemsFor(400, 401, 404, 422, 503)
      }
    }
  }, async (request, reply) => {
    const operation = await cancelOperation(context, requesterOf(request), request.params.id)
    reply.code(operation.finishedAt === null ? 202 : 200)
    return operation
  })
}

const retryRoute = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  typed(app).post('/operations/:id/retry', {
    config: { operation: 'operations.retry' },
    schema: {
      operationId: 'retryOperation',
      tags: ['operations'],
      summary: 'Carry a failed or cancelled create, update or delete on from where it is, as a new operation',
      params: ById,
      headers: IdempotencyHeaders,
      response: {
        202: {
          ...refTo(Operation),
          description: 'Accepted; follow the new operation',
          headers: { location: { type: 'string' } }
        },
        ...problemsFor(400, 401, 404, 409, 422, 503)
      }
    }
  }, async (request, reply) => {
    const operation = await retryOperation(context, requesterOf(request), request.params.id)
    reply.code(202).header('location', operation.links.self)
    return operation
  })
}
