import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../operations/context.ts'
import { getOperation } from '../operations/queries.ts'
import { OperationId, refTo } from '../schemas/names.ts'
import { Operation } from '../schemas/operation.ts'
import { problemsFor, typed } from './scope.ts'

const ById = Type.Object({ id: OperationId }, { additionalProperties: false })

/** Operations: the work on an environment, and how it goes. */
export const operationRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.get('/operations/:id', {
    config: { operation: 'operations.get' },
    schema: {
      operationId: 'getOperation',
      tags: ['operations'],
      summary: 'State, progress, steps by resource, error',
      params: ById,
      response: { 200: refTo(Operation), ...problemsFor(400, 401, 404, 503) }
    }
  }, async request => getOperation(context, request.caller, request.params.id))
}
