/** A property value as it travels: JSON, where the string `UNKNOWN` stands for a value that is not known yet. */
export type Value = null | boolean | number | string | Value[] | Props
export interface Props { [key: string]: Value }

/** What the engine sends for a value it does not know yet (previews only). */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

export function isProps (value: unknown): value is Props {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True when the value, or anything inside it, is not known yet. */
export function hasUnknown (value: Value | undefined): boolean {
  if (value === UNKNOWN) return true
  if (Array.isArray(value)) return value.some(hasUnknown)
  return isProps(value) && Object.values(value).some(hasUnknown)
}

/** The text under `key`, or '' when there is none: AWS and the provider treat both the same. */
export function textProperty (props: Props | undefined, key: string): string {
  const value = props?.[key]
  return typeof value === 'string' ? value : ''
}

export function count (props: Props | undefined, key: string): number | undefined {
  const value = props?.[key]
  return typeof value === 'number' ? value : undefined
}

export function flag (props: Props | undefined, key: string): boolean {
  return props?.[key] === true
}

export function block (props: Props | undefined, key: string): Props | undefined {
  const value = props?.[key]
  return isProps(value) ? value : undefined
}

export function blocks (props: Props | undefined, key: string): Props[] {
  const value = props?.[key]
  return Array.isArray(value) ? value.filter(isProps) : []
}

export function texts (props: Props | undefined, key: string): string[] {
  const value = props?.[key]
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}

export function textMap (props: Props | undefined, key: string): Record<string, string> {
  const entries = Object.entries(block(props, key) ?? {})
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Terraform's idea of "not set": zero values and absent ones are the same. */
export function isEmpty (value: Value | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true
  return Array.isArray(value) ? value.length === 0 : isProps(value) && Object.keys(value).length === 0
}

/** JSON with sorted keys, so that equal values have equal texts. */
export function canonical (value: Value | undefined): string {
  return JSON.stringify(value, (_key, inner: unknown) => isProps(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
    : inner) ?? 'null'
}

/** The parsed JSON, or undefined when the text is not JSON. */
export function parseJson (source: string): Value | undefined {
  try {
    return JSON.parse(source) as Value
  } catch {
    return undefined
  }
}
