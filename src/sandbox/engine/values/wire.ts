import type { JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb.js'
import { EngineError, notImplemented } from '../errors.ts'
import { resourceNameOf, typeOf } from '../urn.ts'
import {
  Reference,
  Secret,
  Unknown,
  isList,
  isProperties,
  mapValues,
  signatureKey,
  signatures,
  unknown,
  unknownValue
} from './value.ts'
import type { Properties, PropertyValue } from './value.ts'

/** What the other side of a connection understands. */
export interface WireOptions {
  secrets: boolean
  references: boolean
}

type WireObject = { readonly [key: string]: JavaScriptValue }

const isWireObject = (value: JavaScriptValue): value is { [key: string]: JavaScriptValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A protobuf Struct as properties. @throws EngineError for values this engine has no notion of, by name */
export function fromStruct (message: Struct | undefined): Properties {
  const object: WireObject = message?.toJavaScript() ?? {}
  return mapValues<JavaScriptValue>(object, fromWire)
}

function fromWire (value: JavaScriptValue): PropertyValue {
  if (value === unknownValue) return unknown
  if (Array.isArray(value)) return value.map(fromWire)
  if (!isWireObject(value)) return value
  switch (value[signatureKey]) {
    case undefined:
      return mapValues<JavaScriptValue>(value, fromWire)
    case signatures.secret:
      return asSecret(fromWire(value['value'] ?? null))
    case signatures.reference:
      return new Reference(
        text(value['urn']),
        value['id'] === undefined ? null : text(value['id']),
        text(value['packageVersion'])
      )
    case signatures.asset:
    case signatures.archive:
      throw notImplemented('assets and archives')
    case signatures.output:
      return outputValue(value)
    default:
      throw new EngineError(`unknown signature '${text(value[signatureKey])}' in a property value`)
  }
}

const asSecret = (value: PropertyValue): PropertyValue => value instanceof Secret ? value : new Secret(value)

/** An output value is its value, or unknown; its dependencies are in the request's own lists. */
function outputValue (value: WireObject): PropertyValue {
  const inner = value['value'] === undefined ? unknown : fromWire(value['value'])
  return value['secret'] === true ? asSecret(inner) : inner
}

const text = (value: JavaScriptValue | undefined): string => typeof value === 'string' ? value : ''

/** Properties as the argument of `Struct.fromJavaScript`. */
export function toWireObject (properties: Properties, options: WireOptions): { [key: string]: JavaScriptValue } {
  const object: { [key: string]: JavaScriptValue } = {}
  for (const [key, value] of Object.entries(properties)) object[key] = toWire(value, options)
  return object
}

function toWire (value: PropertyValue, options: WireOptions): JavaScriptValue {
  if (value instanceof Secret) {
    const inner = toWire(value.value, options)
    return options.secrets ? { [signatureKey]: signatures.secret, value: inner } : inner
  }
  if (value instanceof Reference) return referenceToWire(value, options)
  if (value instanceof Unknown) return unknownValue
  if (isList(value)) return value.map((item) => toWire(item, options))
  if (isProperties(value)) return toWireObject(value, options)
  return value
}

/**
 * A side that does not know references gets the id of a custom resource and the URN of a component, as from the real
 * engine.
 */
function referenceToWire (reference: Reference, options: WireOptions): JavaScriptValue {
  if (!options.references) return reference.id ?? reference.urn
  return {
    [signatureKey]: signatures.reference,
    urn: reference.urn,
    name: resourceNameOf(reference.urn),
    type: typeOf(reference.urn),
    ...(reference.id === null ? {} : { id: reference.id }),
    ...(reference.packageVersion === '' ? {} : { packageVersion: reference.packageVersion })
  }
}
