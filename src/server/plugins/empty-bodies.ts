import fp from 'fastify-plugin'

/**
 * Many clients send JSON's content type with every request, also without a body. Where a route takes no body, an empty
 * one is accepted. Everything else goes to Fastify's parser, which refuses empty bodies and keys such as `__proto__`.
 */
export const emptyBodies = fp(async (app) => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const isNone = body === '' && request.routeOptions.schema?.body === undefined
    return isNone ? done(null) : parse(request, body, done)
  })
}, { name: 'empty-bodies' })
