import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../operations/context.ts'
import { checkReadiness } from '../operations/reads/readiness.ts'
import { Readiness } from '../schemas/readiness.ts'
import { refTo } from '../schemas/names.ts'
import { typed } from './http/scope.ts'

/** Probes and metrics; open to all who can reach the port. */
export const healthRoutes = (context: Context) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.get(
    '/livez',
    {
      config: { operation: 'livez', quiet: true },
      schema: {
        operationId: 'livez',
        tags: ['service'],
        security: [],
        summary: 'Whether the process answers',
        response: { 200: Type.Object({ status: Type.Literal('ok') }) }
      }
    },
    async () => ({ status: 'ok' as const })
  )

  scope.get('/readyz', {
    config: { operation: 'readyz', quiet: true },
    schema: {
      operationId: 'readyz',
      tags: ['service'],
      security: [],
      summary: 'Whether the service can take work, and on which cloud and engine',
      response: { 200: refTo(Readiness), 503: refTo(Readiness) }
    }
  }, async (_request, reply) => {
    const readiness = await checkReadiness(context)
    return reply.code(readiness.status === 'ready' ? 200 : 503).send(readiness)
  })

  scope.get(
    '/metrics',
    {
      config: { operation: 'metrics', quiet: true },
      schema: {
        operationId: 'metrics',
        tags: ['service'],
        security: [],
        summary: 'Prometheus metrics',
        produces: ['text/plain']
      }
    },
    async (_request, reply) => {
      const { registry } = context.metrics
      return reply.type(registry.contentType).send(await registry.metrics())
    }
  )
}
