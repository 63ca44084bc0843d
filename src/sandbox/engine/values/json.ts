import { notImplemented } from '../errors.ts'
import {
  Reference,
  Secret,
  Unknown,
  isList,
  isProperties,
  mapValues,
  signatureKey,
  signatures,
  unknownValue
} from './value.ts'
import type { Properties, PropertyValue } from './value.ts'

/** Property values as plain JSON, in a state file or an event. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export type Encrypt = (plaintext: string) => string
export type Decrypt = (ciphertext: string) => string

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Values as a checkpoint holds them: a secret is `{ [signature], ciphertext }` around the encrypted JSON of its value.
 */
export function toState (value: PropertyValue, encrypt: Encrypt): Json {
  if (value instanceof Secret) {
    value.ciphertext ??= encrypt(JSON.stringify(toState(value.value, encrypt)))
    return { [signatureKey]: signatures.secret, ciphertext: value.ciphertext }
  }
  return structure(value, (inner) => toState(inner, encrypt))
}

/** Values as events show them: secrets hidden. */
export function toDisplay (value: PropertyValue): Json {
  if (value instanceof Secret) return { [signatureKey]: signatures.secret, ciphertext: '[secret]' }
  return structure(value, toDisplay)
}

/** Values as `stack output --json` prints them: plain, or `[secret]`. */
export function toPlain (value: PropertyValue, showSecrets: boolean): Json {
  if (value instanceof Secret) return showSecrets ? toPlain(value.value, true) : '[secret]'
  return structure(value, (inner) => toPlain(inner, showSecrets))
}

function structure (value: Exclude<PropertyValue, Secret>, inner: (value: PropertyValue) => Json): Json {
  if (value instanceof Reference) {
    return {
      [signatureKey]: signatures.reference,
      ...(value.id === null ? {} : { id: value.id }),
      packageVersion: value.packageVersion,
      urn: value.urn
    }
  }
  if (value instanceof Unknown) return unknownValue
  if (isList(value)) return value.map(inner)
  if (!isProperties(value)) return value
  const object: JsonObject = {}
  for (const key of Object.keys(value).sort()) object[key] = inner(value[key] ?? null)
  return object
}

/** The inverse of `toState`. @throws EngineError for assets and archives */
export function fromState (json: Json, decrypt: Decrypt): PropertyValue {
  if (Array.isArray(json)) return json.map((item) => fromState(item, decrypt))
  if (!isJsonObject(json)) return json
  switch (json[signatureKey]) {
    case undefined:
      return mapValues(json, (item) => fromState(item, decrypt))
    case signatures.secret:
      return secretFromState(json, decrypt)
    case signatures.reference:
      return new Reference(
        text(json['urn']),
        json['id'] === undefined ? null : text(json['id']),
        text(json['packageVersion'])
      )
    case signatures.asset:
    case signatures.archive:
      throw notImplemented('assets and archives')
    default:
      throw notImplemented(`property values with the signature ${text(json[signatureKey])}`)
  }
}

/** `stack export --show-secrets` and imports carry secrets as `plaintext`; checkpoints as `ciphertext`. */
function secretFromState (json: JsonObject, decrypt: Decrypt): Secret {
  const plaintext = json['plaintext']
  if (typeof plaintext === 'string') return new Secret(fromState(parse(plaintext), decrypt))
  const ciphertext = text(json['ciphertext'])
  return new Secret(fromState(parse(decrypt(ciphertext)), decrypt), ciphertext)
}

/** Any JSON with the encrypted secrets in it as `plaintext`, as exports with secrets have them. */
export function revealed (json: Json, decrypt: Decrypt): Json {
  if (Array.isArray(json)) return json.map((item) => revealed(item, decrypt))
  if (!isJsonObject(json)) return json
  if (json[signatureKey] === signatures.secret && typeof json['ciphertext'] === 'string') {
    const plaintext = JSON.stringify(revealed(parse(decrypt(json['ciphertext'])), decrypt))
    return { [signatureKey]: signatures.secret, plaintext }
  }
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, revealed(item, decrypt)]))
}

const parse = (json: string): Json => JSON.parse(json) as Json

const text = (value: Json | undefined): string => typeof value === 'string' ? value : ''

export const propertiesFromState = (json: Json | undefined, decrypt: Decrypt): Properties =>
  isJsonObject(json) ? mapValues(json, (item) => fromState(item, decrypt)) : {}
