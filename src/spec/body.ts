import type { FieldError } from '../schemas/problem.ts'

/** Reads a request body of any shape: a body that failed its schema is still checked, so that all wrong fields are named at once. */
export type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object at `value`, or an empty one. */
export const fields = (value: unknown): Fields => isFields(value) ? value : {}

/** An own property; never one of the prototype's. */
export const field = (value: unknown, name: string): unknown => isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined

export const text = (value: unknown): string | undefined => typeof value === 'string' ? value : undefined
export const number = (value: unknown): number | undefined => typeof value === 'number' ? value : undefined

/** Reference tokens to a JSON pointer (RFC 6901). */
export const pointer = (...tokens: readonly (string | number)[]): string =>
  tokens.map(token => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

export const problem = (at: string, message: string | undefined): FieldError[] => message === undefined ? [] : [{ pointer: at, message }]

/** Whether a subtree of the body passed the schema. */
export type Passed = (at: string) => boolean

/** A pointer fails with an error at it or below it; an error above it leaves it to be judged as far as it can be read. */
export function passedBy (schemaErrors: readonly FieldError[]): Passed {
  const failed = schemaErrors.map(error => error.pointer)
  return at => !failed.some(other => other === at || other.startsWith(`${at}/`))
}
