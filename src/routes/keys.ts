import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../operations/context.ts'
import { transact } from '../operations/commands/transaction.ts'
import type { Key } from '../schemas/key.ts'
import { KeyInput, KeyList, NewKey } from '../schemas/key.ts'
import { KeyId, refTo } from '../schemas/names.ts'
import { IdempotencyHeaders, requesterOf } from './http/requester.ts'
import { problemsFor, typed } from './http/scope.ts'

/** Bearer keys; the token is shown once and stored as a hash. */
export const keyRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)
  const { apiKeys } = context

  scope.post('/keys', {
    config: { operation: 'keys.create' },
    schema: {
      operationId: 'createKey',
      tags: ['keys'],
      summary: 'Make a key for admins or for one team',
      headers: IdempotencyHeaders,
      body: refTo(KeyInput),
      response: { 201: refTo(NewKey), ...problemsFor(400, 401, 403, 422, 503) }
    }
  }, async (request, reply) => {
    const key = await transact(context, requesterOf(request), ({ trx }) => apiKeys.create(trx, request.body))
    return reply.code(201).header('cache-control', 'no-store').send(key)
  })

  scope.get(
    '/keys',
    {
      config: { operation: 'keys.list' },
      schema: {
        operationId: 'listKeys',
        tags: ['keys'],
        summary: 'Keys, without their tokens',
        response: { 200: refTo(KeyList), ...problemsFor(401, 403, 503) }
      }
    },
    async (): Promise<{ items: Key[] }> => ({ items: await apiKeys.list() })
  )

  scope.delete('/keys/:id', {
    config: { operation: 'keys.delete' },
    schema: {
      operationId: 'deleteKey',
      tags: ['keys'],
      summary: 'Revoke a key at once',
      params: Type.Object({ id: KeyId }, { additionalProperties: false }),
      response: { 204: Type.Null(), ...problemsFor(400, 401, 403, 404, 503) }
    }
  }, async (request, reply) => {
    await apiKeys.revoke(request.params.id)
    return reply.code(204).send(null)
  })
}
