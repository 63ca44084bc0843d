import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'

const DESCRIPTION = 'Isolated AWS Batch environments for every team. ' +
  'Errors are `application/problem+json` (RFC 9457) with a `code` of docs/errors.md.\n' +
  'Work takes time: a write answers 202 with an operation to follow.'

/** OpenAPI 3.1 from the routes, at /openapi.json, browsable at /docs. */
export const openapi = fp<{ version: string }>(async (app, { version }) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Batchyard',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
      },
      tags: [
        { name: 'environments', description: 'What teams ask for and get' },
        { name: 'operations', description: 'The work on an environment, and how it goes' },
        { name: 'teams', description: 'Tenants: placement and guardrails (admins)' },
        { name: 'keys', description: 'Bearer keys (admins)' },
        { name: 'sandbox', description: 'The simulated account; only where the cloud is the sandbox' },
        { name: 'service', description: 'Health and metrics' }
      ],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }]
    },
    refResolver: {
      buildLocalReference: (...[{ $id }, , , index]) => typeof $id === 'string' ? $id : `def-${index}`
    }
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })
  app.get('/openapi.json', { schema: { hide: true }, config: { operation: 'openapi' } }, async () => app.swagger())
}, { name: 'openapi' })
