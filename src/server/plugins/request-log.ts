import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Probes and scrapes are not logged unless they fail. */
    quiet?: boolean
    /** What the route does, as logs and metrics name it: `environments.create`. */
    operation?: string
  }
}

/** One line per answered request, with the ids it was about; probes and metrics are quiet unless they fail. */
export const requestLog = fp(async app => {
  app.addHook('preHandler', async request => {
    const { id } = (request.params ?? {}) as { id?: string }
    if (id?.startsWith('env_')) request.log = request.log.child({ environmentId: id })
    if (id?.startsWith('op_')) request.log = request.log.child({ operationId: id })
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { operation, quiet } = request.routeOptions.config
    if (quiet && reply.statusCode < 400) return
    request.log.info({
      method: request.method,
      path: request.url.split('?')[0]?.slice(0, 200),
      operation,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime)
    }, 'request')
  })
}, { name: 'request-log' })
