import { createRequire } from 'node:module'
import type * as structTypes from 'google-protobuf/google/protobuf/struct_pb.js'
import type * as emptyTypes from 'google-protobuf/google/protobuf/empty_pb.js'
import type * as anyTypes from 'google-protobuf/google/protobuf/any_pb.js'
import { isProps, type Props, type Value } from './values.ts'

// The SDK's stubs carry their own copy of google-protobuf; messages of another copy do not serialize inside theirs.
const local = createRequire(import.meta.url)
const fromSdk = createRequire(local.resolve('@pulumi/pulumi/proto/provider_pb.js'))
const { Struct } = fromSdk('google-protobuf/google/protobuf/struct_pb.js') as typeof structTypes
export const { Empty } = fromSdk('google-protobuf/google/protobuf/empty_pb.js') as typeof emptyTypes
export const { Any } = fromSdk('google-protobuf/google/protobuf/any_pb.js') as typeof anyTypes

export type Struct = structTypes.Struct

const SIGNATURE = '4dabf18193072939515e22adb298388d'
const SECRET = '1b47061264138c4ac30d75fd1eb44270'
const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e'
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4'

/** Plain values, and the names of the top-level properties in which something was secret. */
export interface Received { props: Props, secrets: Set<string> }

/**
 * Decodes what the engine sent: secrets are unwrapped (and their property remembered), resource references become
 * their id. Assets and archives are refused: no simulated type takes one.
 */
export function receive (struct: Struct | undefined): Received {
  const source = (struct?.toJavaScript() ?? {}) as Props
  const secrets = new Set<string>()
  const props: Props = {}
  for (const [key, value] of Object.entries(source)) props[key] = unwrap(value, () => secrets.add(key))
  return { props, secrets }
}

function unwrap (value: Value, onSecret: () => void): Value {
  if (Array.isArray(value)) return value.map((entry) => unwrap(entry, onSecret))
  if (!isProps(value)) return value
  const signature = value[SIGNATURE]
  if (signature === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner, onSecret)]))
  }
  if (signature === SECRET) onSecret()
  if (signature === OUTPUT && value['secret'] === true) onSecret()
  if (signature === SECRET || signature === OUTPUT) return unwrap(value['value'] ?? null, onSecret)
  if (signature === RESOURCE) return value['id'] ?? value['urn'] ?? null
  throw new Error(`the sandbox does not take values with the signature ${String(signature)} (assets, archives)`)
}

/** Encodes values for the engine; the named top-level properties are marked secret again. */
export function send (props: Props, secrets: ReadonlySet<string> = new Set()): Struct {
  const entries = Object.entries(props).filter(([, value]) => value !== undefined)
  return Struct.fromJavaScript(Object.fromEntries(entries.map(([key, value]) =>
    [key, secrets.has(key) ? { [SIGNATURE]: SECRET, value } : value])))
}
