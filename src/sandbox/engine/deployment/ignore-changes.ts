import { notImplemented } from '../errors.ts'
import { isList, isProperties } from '../values/value.ts'
import type { Properties, Value } from '../values/value.ts'

/**
 * New inputs with the old values at the paths of the option `ignoreChanges` (`a`, `a.b`, `a[0].b`). A path that did not exist is
 * left out, as in the real engine.
 * @throws EngineError for a path with a wildcard
 */
export function withIgnoredChanges (news: Properties, olds: Properties, paths: readonly string[]): Properties {
  return paths.reduce((inputs, path) => {
    const result = reset(inputs, olds, segments(path))
    return result !== undefined && isProperties(result) ? result : inputs
  }, news)
}

function segments (path: string): string[] {
  if (path.includes('*') || path.includes('"')) throw notImplemented(`the path ${path} in ignoreChanges`)
  return path.split(/[.[\]]/).filter((part) => part !== '')
}

function reset (next: Value, old: Value | undefined, [key, ...rest]: string[]): Value | undefined {
  if (key === undefined) return old
  if (isList(next)) {
    const index = Number(key)
    const item = next[index]
    const kept = item === undefined ? undefined : reset(item, old !== undefined && isList(old) ? old[index] : undefined, rest)
    return kept === undefined ? next : next.with(index, kept)
  }
  if (!isProperties(next)) return next
  const { [key]: value, ...others } = next
  const before = old !== undefined && isProperties(old) ? old[key] : undefined
  const kept = rest.length === 0 ? before : value === undefined ? undefined : reset(value, before, rest)
  return kept === undefined ? others : { ...others, [key]: kept }
}
