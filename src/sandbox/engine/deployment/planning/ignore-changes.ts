import { parsePath } from '../../values/path.ts'
import type { PathPart } from '../../values/path.ts'
import { isList, isProperties } from '../../values/value.ts'
import type { Properties, PropertyValue } from '../../values/value.ts'

/**
 * New inputs with the old values at the paths of the option `ignoreChanges` (`a`, `a.b`, `a[0].b`, `a[*].b`). A path
 * that did not exist is left out, as in the real engine.
 * @throws EngineError for a path that can't be read
 */
export function withIgnoredChanges (news: Properties, olds: Properties, paths: readonly string[]): Properties {
  return paths.reduce((inputs, path) => {
    const result = reset(inputs, olds, parsePath(path))
    return result !== undefined && isProperties(result) ? result : inputs
  }, news)
}

function reset (
  next: PropertyValue,
  old: PropertyValue | undefined,
  [key, ...rest]: PathPart[]
): PropertyValue | undefined {
  if (key === undefined) return old
  if (isList(next)) return resetItems(next, old, [key, ...rest])
  if (!isProperties(next)) return next
  const before = old !== undefined && isProperties(old) ? old : {}
  const keys = key === '*' ? [...new Set([...Object.keys(next), ...Object.keys(before)])] : [String(key)]
  return keys.reduce((properties, name) => resetKey(properties, { key: name, before: before[name] }, rest), next)
}

function resetItems (
  next: readonly PropertyValue[],
  old: PropertyValue | undefined,
  [key, ...rest]: PathPart[]
): PropertyValue {
  return next.map((item, index) => {
    if (key !== '*' && Number(key) !== index) return item
    return reset(item, old !== undefined && isList(old) ? old[index] : undefined, rest) ?? item
  })
}

function resetKey (
  next: Properties,
  { key, before }: { key: string, before: PropertyValue | undefined },
  rest: PathPart[]
): Properties {
  const { [key]: value, ...others } = next
  const kept = rest.length === 0 ? before : value === undefined ? undefined : reset(value, before, rest)
  return kept === undefined ? others : { ...others, [key]: kept }
}
