import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Probes and scrapes are not logged unless they fail. */
    quiet?: boolean
    /** What the route does, as logs and metrics name it: `environments.create`. */
    operation?: string
  }
}

/** The environment or operation that a request's path names, as fields of a log line. */
export function requestSubject ({ params }: FastifyRequest): { environmentId?: string, operationId?: string } {
  const { id } = (params ?? {}) as { id?: string }
  if (id?.startsWith('env_')) return { environmentId: id }
  return id?.startsWith('op_') ? { operationId: id } : {}
}

/** One log line per answered request, with the ids in its path; none for probes and metrics unless they fail. */
export const requestLog = fp(async (app) => {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { operation, quiet } = request.routeOptions.config
    if (!quiet || reply.statusCode >= 400) {
      request.log.info({
        ...requestSubject(request),
        method: request.method,
        path: request.url.split('?')[0]?.slice(0, 200),
        operation,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime)
      }, 'request')
    }
    done()
  })
}, { name: 'request-log' })
