import { Secret, isList, isProperties, mapValues } from './value.ts'
import type { Properties, PropertyValue } from './value.ts'

/**
 * The same values with secrets that are encrypted anew when they are written: their ciphertext belongs to another key.
 */
export const withoutCiphertexts = (properties: Properties): Properties => mapValues(properties, forget)

function forget (value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return new Secret(forget(value.value))
  if (isList(value)) return value.map(forget)
  return isProperties(value) ? withoutCiphertexts(value) : value
}
