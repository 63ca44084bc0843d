import { Ajv, type ErrorObject } from 'ajv'
import ajvFormats from 'ajv-formats'
import fp from 'fastify-plugin'
import { textProblems } from '../../spec/text.ts'

/** Texts that cannot be stored, as errors in ajv's form, so that they are answered together with ajv's own. */
function textErrors (data: unknown): ErrorObject[] {
  return textProblems(data).map(({ pointer, message }) => ({
    keyword: 'text',
    instancePath: pointer,
    schemaPath: '#/text',
    params: {},
    message
  }))
}

/**
 * Bodies are validated as they are: no coercion, no field dropped silently, all errors at once. Path and query arrive
 * as text, so only they are coerced (a parameter that may be repeated is a list also where it is given once) and get
 * their defaults. Text that cannot be stored is refused in all of them.
 */
export const validation = fp(async (app) => {
  const addFormats = ajvFormats.default
  const common = { allErrors: true, removeAdditional: false, strict: false } as const
  const forBody = addFormats(new Ajv(common))
  const forText = addFormats(new Ajv({ ...common, coerceTypes: 'array', useDefaults: true }))
  for (const ajv of [forBody, forText]) {
    for (const [id, shared] of Object.entries(app.getSchemas())) ajv.addSchema(shared as object, id)
  }
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const ajv = httpPart === 'body' ? forBody : forText
    const validate = ajv.compile(schema)
    return (data: unknown) => {
      const unstorable = textErrors(data)
      const valid = validate(data)
      return valid && unstorable.length === 0 ? true : { error: [...unstorable, ...validate.errors ?? []] }
    }
  })
}, { name: 'validation' })
