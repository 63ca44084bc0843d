import type { Field, ArgumentFields } from '../model/fields.ts'
import type { AwsResourceType } from '../model/types.ts'
import { canonical, hasUnknown, isEmpty, isProps, parseJson, textProperty, type Props, type Value } from '../values.ts'
import { DEFAULTS } from './check.ts'

type DiffKind = 'add' | 'delete' | 'update'
interface PropertyChange { path: string, kind: DiffKind, replaces: boolean }

export interface ResourceDifference {
  changes: PropertyChange[]
  /** Top-level properties that changed. */
  diffs: string[]
  /** Top-level properties whose change replaces the resource. */
  replaces: string[]
  deleteBeforeReplace: boolean
}

/**
 * Compares the new arguments with what the state says of the resource. What AWS fills in is no change when it is not
 * asked for, nor is a zero value that was absent; JSON and sets are compared by meaning.
 */
export function difference (
  type: AwsResourceType,
  { before: olds, after: news }: Pair<Props>,
  ignored: readonly string[] = []
): ResourceDifference {
  const special = new Set(hasUnknown(news) ? [] : type.replaces?.(olds, news) ?? [])
  const changes = compareBlock(type.fields, { before: olds, after: news }, { path: '', replaces: false })
    .filter((change) => !ignored.some((path) => isWithin(change.path, path)))
    .map((change) => special.has(topOf(change.path)) ? { ...change, replaces: true } : change)
  const diffs = [...new Set(changes.map((change) => topOf(change.path)))]
  const replaces = [...new Set(changes.filter((change) => change.replaces).map((change) => topOf(change.path)))]
  return { changes, diffs, replaces, deleteBeforeReplace: replaces.length > 0 && hasFixedName(type, olds, news) }
}

const topOf = (path: string): string => path.split(/[.[]/)[0] ?? path
const isWithin = (path: string, ancestor: string): boolean =>
  path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`)

/**
 * The bridge deletes first when a name the program set stays the same: two of that name cannot exist at once.
 * Plugin-framework resources do not have that rule; reference 2.
 */
function hasFixedName (type: AwsResourceType, olds: Props, news: Props): boolean {
  if (!type.autoName || type.framework) return false
  const chosen = news[DEFAULTS]
  const automatic = Array.isArray(chosen) && chosen.includes(type.autoName.field)
  return !automatic && textProperty(olds, type.autoName.field) === textProperty(news, type.autoName.field)
}

/** What the state has, and what the program asks for. */
interface Pair<T> { before: T, after: T }

interface At { path: string, replaces: boolean }

function compareBlock (fields: ArgumentFields, { before, after }: Pair<Props>, at: At): PropertyChange[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const pair = { before: before[key], after: after[key] ?? field.default }
    return compare(field, pair, {
      path: at.path === '' ? key : `${at.path}.${key}`,
      replaces: at.replaces || field.forceNew === true
    })
  })
}

function compare (field: Field, { before, after }: Pair<Value | undefined>, at: At): PropertyChange[] {
  if (after === undefined && field.computed) return []
  if (isEmpty(before) && isEmpty(after)) return []
  if (isEmpty(before) && !hasUnknown(after)) return [{ ...at, kind: 'add' }]
  if (isEmpty(after)) return [{ ...at, kind: 'delete' }]
  if (field.kind === 'block' && isProps(before) && isProps(after)) {
    return compareBlock(field.fields, { before, after }, at)
  }
  if (field.kind === 'textMap' && isProps(before) && isProps(after)) return compareMap(before, after, at)
  if (field.kind === 'list' && Array.isArray(before) && Array.isArray(after)) {
    return compareList(field, { before, after }, at)
  }
  return sameValue(field, before, after) ? [] : [{ ...at, kind: 'update' }]
}

function sameValue (field: Field, before: Value | undefined, after: Value | undefined): boolean {
  if (field.kind !== 'json') return canonical(before) === canonical(after)
  return canonical(parseJson(String(before))) === canonical(parseJson(String(after)))
}

function compareMap (before: Props, after: Props, at: At): PropertyChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => {
    const path = /^[\w-]+$/.test(key) ? `${at.path}.${key}` : `${at.path}["${key}"]`
    return compare({ kind: 'text' }, { before: before[key], after: after[key] }, { ...at, path })
  })
}

function compareList (
  field: Extract<Field, { kind: 'list' }>,
  { before, after }: Pair<Value[]>,
  at: At
): PropertyChange[] {
  const order = (list: Value[]): Value[] =>
    field.unordered ? list.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1)) : list
  const [olds, news] = [order(before), order(after)]
  return Array.from({ length: Math.max(olds.length, news.length) }).flatMap((_, index) =>
    compare(field.of, { before: olds[index], after: news[index] }, { ...at, path: `${at.path}[${index}]` })
  )
}
