import type { FieldError } from '../schemas/problem.ts'

/**
 * An object of a body of any shape: a body that failed its schema is checked too, so that one answer names all wrong
 * fields.
 */
export type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object at `value`, or an empty one. */
export const fields = (value: unknown): Fields => isFields(value) ? value : {}

/** An own property; never one of the prototype's. */
export const ownField = (value: unknown, name: string): unknown =>
  isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined

export const text = (value: unknown): string | undefined => typeof value === 'string' ? value : undefined
export const number = (value: unknown): number | undefined => typeof value === 'number' ? value : undefined

/** No name that is allowed is longer: labels have 128 characters, variables 255. */
const LONGEST_NAME = 255

/**
 * A longer name is cut, as it is only shown to be recognised: an answer must not grow with what is wrong in a request.
 */
const token = (name: string): string =>
  (name.length > LONGEST_NAME ? name.slice(0, 100) : name).replaceAll('~', '~0').replaceAll('/', '~1')

/** Reference tokens to a JSON pointer (RFC 6901). */
export const pointer = (...tokens: readonly (string | number)[]): string =>
  tokens.map((name) => `/${token(String(name))}`).join('')

/** The error of a field, as a list; none without a message. */
export const fieldError = (at: string, message: string | undefined): FieldError[] =>
  message === undefined ? [] : [{ pointer: at, message }]

/** What the schema found, by pointer. */
export interface SchemaFindings {
  /**
   * Whether there is no error at this pointer or below it. An error above does not count: what can be read is checked.
   */
  readonly passed: (at: string) => boolean
  /** Whether there is an error at this pointer itself, such as that a map or list has too many entries. */
  readonly refused: (at: string) => boolean
}

/**
 * Takes time in proportion to the errors, of which a body can have tens of thousands; a look-up takes constant time.
 */
export function schemaFindings (schemaErrors: readonly FieldError[]): SchemaFindings {
  const refused = new Set(schemaErrors.map((error) => error.pointer))
  const failed = new Set<string>()
  for (const at of refused) {
    for (let end = at.length; end >= 0 && !failed.has(at.slice(0, end)); end = at.lastIndexOf('/', end - 1)) {
      failed.add(at.slice(0, end))
    }
  }
  return { passed: (at) => !failed.has(at), refused: (at) => refused.has(at) }
}
