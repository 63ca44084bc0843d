import fp from 'fastify-plugin'

/**
 * Many clients name JSON as the type of every request, those without a body too. Where a route has none, an empty one is none;
 * all else is left to Fastify's parser, which refuses an empty body and one that reaches for prototypes.
 */
export const emptyBodies = fp(async (app) => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const isNone = body === '' && request.routeOptions.schema?.body === undefined
    return isNone ? done(null) : parse(request, body, done)
  })
}, { name: 'empty-bodies' })
