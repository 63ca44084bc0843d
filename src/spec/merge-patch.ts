import { isDeepStrictEqual } from 'node:util'
import { ownField, fields, pointer } from './body.ts'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Applies a JSON merge patch (RFC 7396): `null` removes, objects are merged, anything else takes the place of what was
 * there.
 */
export function mergePatch (target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged = new Map(Object.entries(fields(target)))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

/** A field in which two specs differ; absent is what one of them does not have. */
export interface Difference {
  readonly pointer: string
  readonly before?: unknown
  readonly after?: unknown
}

/** Every field in which two JSON values differ, the innermost that can be named, in the order of their names. */
export function differences (before: unknown, after: unknown, at = ''): Difference[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isObject(before) || !isObject(after)) {
    return [{ pointer: at, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }]
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name) => differences(ownField(before, name), ownField(after, name), at + pointer(name)))
}
