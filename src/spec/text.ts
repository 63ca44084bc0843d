import type { FieldError } from '../schemas/problem.ts'
import { pointer } from './body.ts'

/**
 * Far deeper than any field there is. What nests deeper is refused unread, so that nothing that reads it later can run
 * out of stack.
 */
const MAX_DEPTH = 32

/** Postgres keeps neither in `text` nor in `jsonb`: it has no NUL, and its UTF-8 has no surrogates. */
function textProblem (text: string): string | undefined {
  if (text.includes('\u0000')) return 'has a NUL character (U+0000), which cannot be stored'
  return text.isWellFormed() ? undefined : 'has half of a surrogate pair, which is no character'
}

/**
 * What no part of a request may hold, whatever its schema: text that Postgres cannot store, as a value or as a name,
 * and values that nest more than 32 levels deep. `value` is JSON, or the object of a path's or query's parameters.
 */
export function textProblems (value: unknown): FieldError[] {
  const found: FieldError[] = []
  const check = (at: string, text: string): void => {
    const message = textProblem(text)
    if (message !== undefined) found.push({ pointer: at, message })
  }
  const walk = (at: string, value: unknown, depth: number): void => {
    if (typeof value === 'string') check(at, value)
    if (typeof value !== 'object' || value === null) return
    if (depth === MAX_DEPTH) {
      found.push({ pointer: at, message: `nests deeper than ${MAX_DEPTH} levels` })
      return
    }
    for (const [name, inner] of Object.entries(value)) {
      const below = at + pointer(name)
      check(below, name)
      walk(below, inner, depth + 1)
    }
  }
  walk('', value, 0)
  return found
}
