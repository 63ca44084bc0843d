import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { invalidFields } from '../../errors.ts'
import type { FieldError } from '../../schemas/problem.ts'
import { pointer } from '../../spec/body.ts'

type Explain = (params: Record<string, unknown>, message: string) => string

/** ajv's findings in words that say what to write instead; keywords without an entry keep ajv's own words. */
const EXPLAIN: Readonly<Record<string, Explain>> = {
  required: () => 'is required',
  additionalProperties: () => 'is not a field that can be set here',
  type: ({ type }) => `must be ${article(String(type))}`,
  enum: ({ allowedValues }) => `must be one of ${list(allowedValues)}`,
  const: ({ allowedValue }) => `must be ${JSON.stringify(allowedValue)}`,
  pattern: ({ pattern }) => `must match ${String(pattern)}`,
  minimum: ({ limit }) => `must be ${String(limit)} or more`,
  maximum: ({ limit }) => `must be ${String(limit)} or less`,
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have ${String(limit)} characters or more`),
  maxLength: ({ limit }) => `must have ${String(limit)} characters or less`,
  minProperties: () => 'must have an entry',
  maxProperties: ({ limit }) =>
    limit === 1
      ? 'must have exactly one entry: several are not offered in this version'
      : `must have ${String(limit)} entries or less`,
  minItems: () => 'must not be empty',
  maxItems: ({ limit }) => `must have ${String(limit)} items or less`,
  uniqueItems: () => 'must not name the same thing twice'
}

/**
 * Refuses a body that breaks its schema or a rule beyond it, with all its faults at once: for routes with
 * `attachValidation`. `rules` is given what the schema found and answers what else is wrong.
 * @throws Refusal `validation-failed`; for a path or query that breaks its schema, without asking the rules
 */
export function refuseWrongFields (
  { body, validationError: invalid }: FastifyRequest,
  rules: (body: unknown, bySchema: readonly FieldError[]) => FieldError[]
): void {
  const bySchema = fieldErrors(invalid?.validation ?? [], invalid?.validationContext)
  const errors = invalid && invalid.validationContext !== 'body' ? bySchema : [...bySchema, ...rules(body, bySchema)]
  if (errors.length > 0) throw invalidFields(errors)
}

/** Where a field is that is not in the body: Fastify's name for the place, and what its pointers begin with. */
const PREFIXES: Readonly<Record<string, string>> = { params: '#path', querystring: '#query', headers: '#header' }

/** Turns ajv's errors into pointers and sentences: one per field, the first finding wins. */
export function fieldErrors (errors: readonly FastifySchemaValidationError[], context = 'body'): FieldError[] {
  const prefix = PREFIXES[context] ?? ''
  const found = new Map<string, string>()
  for (const { keyword, instancePath, params, message } of errors) {
    if (keyword === 'if' || keyword === 'propertyNames') continue
    const at = prefix + instancePath + child(keyword, params)
    const explain = EXPLAIN[keyword]
    if (!found.has(at)) found.set(at, explain ? explain(params, message ?? '') : message ?? 'is not valid')
  }
  return [...found].map(([at, message]) => ({ pointer: at, message }))
}

/** A missing or superfluous field is named by ajv in its params, not in the path. */
function child (keyword: string, params: Record<string, unknown>): string {
  const name =
    keyword === 'required'
      ? params.missingProperty
      : keyword === 'additionalProperties'
        ? params.additionalProperty
        : undefined
  return name === undefined ? '' : pointer(String(name))
}

function article (type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`
}

function list (values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(', ') : String(values)
}
