import { Ajv } from 'ajv'
import ajvFormats from 'ajv-formats'
import fp from 'fastify-plugin'

/**
 * Bodies are taken as they are: no coercion, no silently dropped field, all errors at once. Path and query arrive as text,
 * so only they are coerced and given their defaults.
 */
export const validation = fp(async app => {
  const addFormats = ajvFormats.default
  const common = { allErrors: true, removeAdditional: false, strict: false } as const
  const forBody = addFormats(new Ajv(common))
  const forText = addFormats(new Ajv({ ...common, coerceTypes: true, useDefaults: true }))
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const ajv = httpPart === 'body' ? forBody : forText
    for (const [id, shared] of Object.entries(app.getSchemas())) {
      if (ajv.getSchema(id) === undefined) ajv.addSchema(shared as object, id)
    }
    return ajv.compile(schema)
  })
}, { name: 'validation' })
