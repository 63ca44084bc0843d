/**
 * Property values as the engine holds them. Secrets, references to resources and unknowns are objects of their own;
 * assets, archives and output values do not occur in what this engine does and are refused at the boundary.
 */
export type PropertyValue =
  null | boolean | number | string | Secret | Reference | Unknown | readonly PropertyValue[] | Properties

export interface Properties { readonly [key: string]: PropertyValue }

/**
 * A value that is written encrypted. The ciphertext is kept so that an unchanged secret is not encrypted anew by every
 * write.
 */
export class Secret {
  readonly value: PropertyValue
  ciphertext: string | undefined

  constructor (value: PropertyValue, ciphertext?: string) {
    this.value = value
    this.ciphertext = ciphertext
  }
}

/** A resource passed as an input of another. */
export class Reference {
  readonly urn: string
  readonly id: string | null
  readonly packageVersion: string

  constructor (urn: string, id: string | null, packageVersion: string) {
    this.urn = urn
    this.id = id
    this.packageVersion = packageVersion
  }
}

/** A value that only the deployment will bring about. It occurs in previews, and when an engine asks what would be. */
export class Unknown {
  readonly unknown = true
}

export const unknown = new Unknown()

/**
 * The key that marks a tagged object, on the wire and in state files, and its values (`@pulumi/pulumi/runtime/rpc`).
 */
export const signatureKey = '4dabf18193072939515e22adb298388d'
export const signatures = {
  secret: '1b47061264138c4ac30d75fd1eb44270',
  reference: '5cf8f73096256a8f31e491e813e4eb8e',
  asset: 'c44067f5952c0a294b673a41bacd8c17',
  archive: '0def7320c3a5731c473e5ecbe6d01bc7',
  output: 'd0e6a833031e9bbcd3f4e8bde6ca49a4'
} as const

/** What an SDK sends for a value that is not known before the deployment. */
export const unknownValue = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

/** `Array.isArray` does not narrow readonly arrays. */
export const isList = (value: PropertyValue): value is readonly PropertyValue[] => Array.isArray(value)

export const isProperties = (value: PropertyValue): value is Properties =>
  typeof value === 'object' && value !== null && !isList(value) &&
  !(value instanceof Secret) && !(value instanceof Reference) && !(value instanceof Unknown)

/** The same values without secrets around them, for comparing. */
export function withoutSecrets (value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return withoutSecrets(value.value)
  if (isList(value)) return value.map(withoutSecrets)
  if (isProperties(value)) return mapValues(value, withoutSecrets)
  return value
}

/** Maps every property, keys in the order the real engine writes them (sorted). */
export function mapValues<T> (
  properties: { readonly [key: string]: T },
  map: (value: T, key: string) => PropertyValue
): Properties {
  const result: Record<string, PropertyValue> = {}
  for (const key of Object.keys(properties).sort()) {
    const value = properties[key]
    if (value !== undefined) result[key] = map(value, key)
  }
  return result
}

export const sameValue = (a: PropertyValue, b: PropertyValue): boolean => canonical(a) === canonical(b)

function canonical (value: PropertyValue): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(
      Object.entries(part)
        .filter(([key]) => key !== 'ciphertext')
        .sort(([a], [b]) => (a < b ? -1 : 1))
    )
  })
}

export function containsUnknown (value: PropertyValue): boolean {
  if (value instanceof Unknown) return true
  if (value instanceof Secret) return containsUnknown(value.value)
  if (isList(value)) return value.some(containsUnknown)
  return isProperties(value) && Object.values(value).some(containsUnknown)
}

export function containsSecret (value: PropertyValue): boolean {
  if (value instanceof Secret) return true
  if (isList(value)) return value.some(containsSecret)
  return isProperties(value) && Object.values(value).some(containsSecret)
}
