import { createHash, randomBytes } from 'node:crypto'
import type { Field, ArgumentFields } from '../model/fields.ts'
import type { AwsCaller, CheckFailure, AwsResourceType } from '../model/types.ts'
import { withoutIgnored } from '../model/tags.ts'
import {
  canonical,
  hasUnknown,
  isEmpty,
  isProps,
  textProperty,
  textMap,
  UNKNOWN,
  type Props,
  type Value
} from '../values.ts'

/** Names of arguments whose value the provider chose; kept among the inputs so that it keeps to its choice. */
export const DEFAULTS = '__defaults'

export interface CheckCall {
  type: AwsResourceType
  /** The logical name of the resource. */
  name: string
  olds: Props
  news: Props
  seed: Uint8Array
  autonaming?: { proposed: string, disabled: boolean }
}

/** The engine's arguments, completed with names, defaults, region and tags; and everything wrong with them at once. */
export function checkInputs (call: CheckCall, caller: AwsCaller): { inputs: Props, failures: CheckFailure[] } {
  const { type } = call
  const failures = unknownArguments(type, call.news, { token: type.token, path: '' })
  const inputs: Props = {}
  for (const [key, field] of Object.entries(type.fields)) {
    const value = normalize(field, call.news[key])
    if (value !== undefined) inputs[key] = value
  }
  const chosen = complete(call, caller, { inputs, failures })
  failures.push(...checkFields(type.fields, inputs, ''))
  if (failures.length === 0 && !hasUnknown(inputs)) failures.push(...type.check?.(inputs) ?? [])
  return { inputs: { [DEFAULTS]: chosen, ...inputs }, failures }
}

/** Fills in what the provider decides, and returns the names of those arguments. */
function complete (
  call: CheckCall,
  caller: AwsCaller,
  { inputs, failures }: { inputs: Props, failures: CheckFailure[] }
): string[] {
  const { type } = call
  const chosen: string[] = []
  const choose = (key: string, value: Value): void => {
    inputs[key] = value
    chosen.push(key)
  }
  if (type.autoName && inputs[type.autoName.field] === undefined) {
    const name = automaticName(call)
    if (name.length > type.autoName.max) {
      failures.push({
        path: type.autoName.field,
        reason: `failed to auto-generate value for "${type.autoName.field}": name '${name}' is longer than maximum ` +
          `length ${type.autoName.max}`
      })
    } else if (name !== '') choose(type.autoName.field, name)
  }
  if (type.fields['region'] && inputs['region'] === undefined) choose('region', caller.region)
  for (const [key, field] of Object.entries(type.fields)) {
    if (field.default !== undefined && inputs[key] === undefined) choose(key, field.default)
  }
  if (type.fields['tagsAll']) {
    const all = inputs['tags'] === UNKNOWN ? UNKNOWN : { ...caller.defaultTags, ...allTags(inputs) }
    const shown = withoutIgnored({ tagsAll: all }, caller.ignoredTags)['tagsAll']
    if (!isEmpty(shown)) inputs['tagsAll'] = shown ?? {}
  }
  return chosen.sort()
}

function allTags (inputs: Props): Props {
  const tags = inputs['tags']
  return isProps(tags) ? tags : {}
}

/** The name chosen before, or the logical name and seven hexadecimal digits that follow from the engine's seed. */
function automaticName (call: CheckCall): string {
  const auto = call.type.autoName
  if (!auto) return ''
  const before = call.olds[DEFAULTS]
  if (Array.isArray(before) && before.includes(auto.field)) return textProperty(call.olds, auto.field)
  if (call.autonaming) return call.autonaming.disabled ? '' : call.autonaming.proposed
  const seed = call.seed.length > 0 ? call.seed : randomBytes(16)
  const suffix = createHash('sha256').update(seed).update(call.name).digest('hex').slice(0, 7)
  const name = `${call.name}-${suffix}`
  return auto.lowerCase ? name.toLowerCase() : name
}

/** Arguments that are not simulated, or that @pulumi/aws does not have: never ignored, always named. */
function unknownArguments (
  { fields, unsupported = [] }: { fields: ArgumentFields, unsupported?: readonly string[] },
  given: Props,
  at: { token: string, path: string }
): CheckFailure[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const path = at.path === '' ? key : `${at.path}.${key}`
    const field = fields[key]
    if (field) return insideUnknown(field, value, { token: at.token, path })
    if (key === DEFAULTS || value === null) return []
    const reason = unsupported.includes(key)
      ? `the sandbox does not simulate the argument "${path}" of ${at.token}`
      : `Invalid or unknown key: ${at.token} has no argument "${path}"`
    return [{ path, reason }]
  })
}

function insideUnknown (field: Field, value: Value, at: { token: string, path: string }): CheckFailure[] {
  if (field.kind === 'block' && isProps(value)) return unknownArguments(field, value, at)
  if (field.kind !== 'list' || !Array.isArray(value)) return []
  return value.flatMap((entry, index) => insideUnknown(field.of, entry, { ...at, path: `${at.path}[${index}]` }))
}

/** JSON arguments may be given as documents; everything else stays as it is. `null` is absent. */
function normalize (field: Field, value: Value | undefined): Value | undefined {
  if (value === undefined || value === null) return undefined
  if (field.kind === 'json' && typeof value === 'object') return canonical(value)
  if (field.kind === 'block' && isProps(value)) {
    const known = Object.entries(value).map(([key, inner]) => [
      key,
      field.fields[key] ? normalize(field.fields[key], inner) : inner
    ])
    return Object.fromEntries(known.filter(([, inner]) => inner !== undefined && inner !== null)) as Props
  }
  if (field.kind === 'list' && Array.isArray(value)) return value.map((entry) => normalize(field.of, entry) ?? null)
  return value
}

function checkFields (fields: ArgumentFields, given: Props, at: string): CheckFailure[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const path = at === '' ? key : `${at}.${key}`
    const value = given[key]
    if (value === undefined && field.required) {
      return [
        { path, reason: `Missing required argument. The argument "${key}" is required, but no definition was found.` }
      ]
    }
    return value === undefined ? [] : checkValue(field, value, path)
  })
}

const KINDS = { text: 'string', json: 'string', count: 'number', flag: 'boolean' } as const

function checkValue (field: Field, value: Value, path: string): CheckFailure[] {
  if (value === UNKNOWN) return []
  const expected = field.kind === 'list' ? 'array' : KINDS[field.kind as keyof typeof KINDS] ?? 'object'
  const actual = Array.isArray(value) ? 'array' : typeof value
  if (actual !== expected) {
    return [{ path, reason: `Inappropriate value for attribute: ${expected} required, got ${actual}` }]
  }
  const reason = hasUnknown(value) ? undefined : field.rule?.(value)
  if (reason !== undefined) return [{ path, reason: reason.replaceAll('%s', path) }]
  if (field.kind === 'block') return checkFields(field.fields, value as Props, path)
  if (field.kind === 'list') return checkList(field, value as Value[], path)
  if (field.kind !== 'textMap') return []
  const texts = Object.keys(textMap({ map: value }, 'map')).length === Object.keys(value as Props).length
  return texts ? [] : [{ path, reason: 'Inappropriate value for attribute: every value must be a string' }]
}

function checkList (field: Extract<Field, { kind: 'list' }>, list: Value[], path: string): CheckFailure[] {
  if (field.max !== undefined && list.length > field.max) {
    return [{ path, reason: `Too many list items: at most ${field.max} are supported, got ${list.length}` }]
  }
  return list.flatMap((entry, index) => checkValue(field.of, entry, `${path}[${index}]`))
}
