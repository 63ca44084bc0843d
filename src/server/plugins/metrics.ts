import fp from 'fastify-plugin'
import type { Metrics } from '../../metrics.ts'

/** Times every request under its operation's name, so that ids in paths never become labels. */
export const requestMetrics = fp<{ metrics: Metrics }>(async (app, { metrics }) => {
  app.addHook('onResponse', (request, reply, done) => {
    const operation = request.routeOptions.config.operation ?? 'unknown'
    metrics.requests.observe({ operation, method: request.method, status: reply.statusCode }, reply.elapsedTime / 1000)
    done()
  })
}, { name: 'request-metrics' })
