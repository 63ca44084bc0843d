import type { Value } from '../values.ts'

/** Says what is wrong with a value, in the provider's words; undefined when nothing is. */
export type Rule = (value: Value) => string | undefined

interface Traits {
  required?: true
  /** A change replaces the resource. */
  forceNew?: true
  /** AWS fills it in when it is absent, so its absence is no change. */
  computed?: true
  default?: Value
  rule?: Rule
}

/** The schema of one argument. */
export type Field = Traits & (
  | { kind: 'text' | 'count' | 'flag' | 'json' | 'textMap' }
  | { kind: 'list', of: Field, unordered?: true, max?: number, min?: number }
  | { kind: 'block', fields: ArgumentFields, unsupported?: readonly string[] }
)
export type ArgumentFields = Readonly<Record<string, Field>>

export const textField = (traits: Traits = {}): Field => ({ kind: 'text', ...traits })
export const countField = (traits: Traits = {}): Field => ({ kind: 'count', ...traits })
export const flagField = (traits: Traits = {}): Field => ({ kind: 'flag', ...traits })
/** A JSON document in a string; two spellings of the same document are equal. */
export const jsonField = (traits: Traits = {}): Field => ({ kind: 'json', ...traits })
export const textMapField = (traits: Traits = {}): Field => ({ kind: 'textMap', ...traits })
export const listField = (of: Field, traits: Traits & { unordered?: true, max?: number, min?: number } = {}): Field =>
  ({ kind: 'list', of, ...traits })
/** A nested block; `unsupported` names arguments that exist in @pulumi/aws and are not simulated. */
export const blockField = (fields: ArgumentFields, traits: Traits & { unsupported?: readonly string[] } = {}): Field =>
  ({ kind: 'block', fields, ...traits })

export const isOneOf =
  (...allowed: string[]): Rule =>
    (value) =>
      allowed.includes(String(value))
        ? undefined
        : `expected %s to be one of ${JSON.stringify(allowed)}, got ${String(value)}`

export const matching = (pattern: RegExp, explanation: string): Rule => (value) =>
  pattern.test(String(value)) ? undefined : explanation

export const between = (low: number, high: number): Rule => (value) =>
  typeof value === 'number' && value >= low && value <= high
    ? undefined
    : `expected %s to be in the range (${low} - ${high}), got ${String(value)}`

export const atLeast = (low: number): Rule => (value) =>
  typeof value === 'number' && value >= low ? undefined : `expected %s to be at least (${low}), got ${String(value)}`

export const lengthBetween = (low: number, high: number): Rule => (value) =>
  String(value).length >= low && String(value).length <= high
    ? undefined
    : `expected length of %s to be in the range (${low} - ${high}), got ${String(value)}`

/** An ARN, as the provider checks them: the form only, not whether it exists. */
export const anArn: Rule = (value) =>
  /^arn:aws[\w-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+$/.test(String(value))
    ? undefined
    : `"%s" (${String(value)}) is an invalid ARN: arn: invalid prefix`

export const tagsFields: ArgumentFields = {
  tags: textMapField({ rule: tagsRule }),
  tagsAll: textMapField({ rule: tagsRule })
}

/** At most 50 tags, keys of 1-128 and values of at most 256 characters, no `aws:` prefix. */
function tagsRule (value: Value): string | undefined {
  const entries = Object.entries(value as Record<string, Value>)
  if (entries.length > 50) return `expected number of tags in %s to be at most 50, got ${entries.length}`
  for (const [key, tag] of entries) {
    if (key.toLowerCase().startsWith('aws:')) return `the tag key "${key}" uses the reserved prefix aws:`
    if (key.length < 1 || key.length > 128) return `expected length of tag key "${key}" to be in the range (1 - 128)`
    if (String(tag).length > 256) return `expected length of the value of tag "${key}" to be at most 256`
  }
  return undefined
}
