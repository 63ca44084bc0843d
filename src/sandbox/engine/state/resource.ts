import type { Properties } from '../values/value.ts'
import { propertiesFromState, toState } from '../values/json.ts'
import type { Decrypt, Encrypt, Json, JsonObject } from '../values/json.ts'

/** Seconds, as checkpoints hold them; 0 means the provider's own. */
export interface Timeouts {
  readonly create?: number
  readonly update?: number
  readonly delete?: number
  readonly read?: number
}

/**
 * One resource of a deployment, as in a checkpoint (apitype.ResourceV3 of the real engine). Never changed in place: a
 * step makes a new one, so that its JSON can be computed once.
 */
export interface ResourceState {
  readonly urn: string
  readonly type: string
  readonly custom: boolean
  /** Replaced and waiting to be deleted. */
  readonly delete: boolean
  readonly id: string
  readonly inputs: Properties
  readonly outputs: Properties
  readonly parent: string
  readonly protect: boolean
  /** Read, not managed: never deleted in the cloud. */
  readonly external: boolean
  readonly dependencies: readonly string[]
  readonly initErrors: readonly string[]
  /** `URN::ID` of the provider instance. */
  readonly provider: string
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>
  /** Deleted, and waiting for what replaces it. */
  readonly pendingReplacement: boolean
  readonly additionalSecretOutputs: readonly string[]
  readonly customTimeouts: Timeouts
  readonly retainOnDelete: boolean
  readonly deletedWith: string
  readonly created: string
  readonly modified: string
  readonly sourcePosition: string
  readonly stackTrace: readonly JsonObject[]
  readonly ignoreChanges: readonly string[]
  readonly replaceOnChanges: readonly string[]
  /** Fields of the checkpoint this engine has no use for; they are written back as they were. */
  readonly extra: JsonObject
}

const known = new Set([
  'urn',
  'custom',
  'delete',
  'id',
  'type',
  'inputs',
  'outputs',
  'parent',
  'protect',
  'external',
  'dependencies',
  'initErrors',
  'provider',
  'propertyDependencies',
  'pendingReplacement',
  'additionalSecretOutputs',
  'customTimeouts',
  'retainOnDelete',
  'deletedWith',
  'created',
  'modified',
  'sourcePosition',
  'stackTrace',
  'ignoreChanges',
  'replaceOnChanges'
])

/**
 * Empty fields are left out and the order is the real engine's, so that a diff of two state files shows differences
 * only.
 */
export function resourceToJson (state: ResourceState, encrypt: Encrypt): JsonObject {
  return prune({
    urn: state.urn,
    custom: state.custom,
    delete: state.delete || undefined,
    id: state.id,
    type: state.type,
    inputs: toState(state.inputs, encrypt),
    outputs: toState(state.outputs, encrypt),
    parent: state.parent,
    protect: state.protect || undefined,
    external: state.external || undefined,
    dependencies: [...state.dependencies],
    initErrors: [...state.initErrors],
    provider: state.provider,
    propertyDependencies: Object.fromEntries(Object.entries(state.propertyDependencies)
      .sort(([a], [b]) => a < b ? -1 : 1).map(([key, urns]) => [key, [...urns]])),
    pendingReplacement: state.pendingReplacement || undefined,
    additionalSecretOutputs: [...state.additionalSecretOutputs],
    customTimeouts: prune({ ...state.customTimeouts }),
    retainOnDelete: state.retainOnDelete || undefined,
    deletedWith: state.deletedWith,
    created: state.created,
    modified: state.modified,
    sourcePosition: state.sourcePosition,
    stackTrace: [...state.stackTrace],
    ignoreChanges: [...state.ignoreChanges],
    replaceOnChanges: [...state.replaceOnChanges],
    ...state.extra
  })
}

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

function prune (fields: Record<string, Json | undefined>): JsonObject {
  const object: JsonObject = {}
  for (const [key, value] of Object.entries(fields)) if (value !== undefined && !isEmpty(value)) object[key] = value
  return object
}

export function resourceFromJson (json: JsonObject, decrypt: Decrypt): ResourceState {
  return {
    urn: text(json['urn']),
    type: text(json['type']),
    custom: json['custom'] === true,
    delete: json['delete'] === true,
    id: text(json['id']),
    inputs: propertiesFromState(json['inputs'], decrypt),
    outputs: propertiesFromState(json['outputs'], decrypt),
    parent: text(json['parent']),
    protect: json['protect'] === true,
    external: json['external'] === true,
    dependencies: texts(json['dependencies']),
    initErrors: texts(json['initErrors']),
    provider: text(json['provider']),
    propertyDependencies: Object.fromEntries(
      Object.entries(object(json['propertyDependencies'])).map(([key, urns]) => [key, texts(urns)])
    ),
    pendingReplacement: json['pendingReplacement'] === true,
    additionalSecretOutputs: texts(json['additionalSecretOutputs']),
    customTimeouts: timeouts(object(json['customTimeouts'])),
    retainOnDelete: json['retainOnDelete'] === true,
    deletedWith: text(json['deletedWith']),
    created: text(json['created']),
    modified: text(json['modified']),
    sourcePosition: text(json['sourcePosition']),
    stackTrace: Array.isArray(json['stackTrace']) ? json['stackTrace'].map(object) : [],
    ignoreChanges: texts(json['ignoreChanges']),
    replaceOnChanges: texts(json['replaceOnChanges']),
    extra: Object.fromEntries(Object.entries(json).filter(([key]) => !known.has(key)))
  }
}

const text = (value: Json | undefined): string => typeof value === 'string' ? value : ''
const texts = (value: Json | undefined): string[] => Array.isArray(value) ? value.map(text) : []
const object = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

const timeouts = (json: JsonObject): Timeouts =>
  Object.fromEntries(Object.entries(json).filter(([, seconds]) => typeof seconds === 'number'))

/** What a resource was made from or with: its dependencies, its provider and what it is deleted with. */
export function referencedUrns (state: ResourceState): string[] {
  const provider = state.provider === '' ? [] : [state.provider.slice(0, state.provider.lastIndexOf('::'))]
  const deletedWith = state.deletedWith === '' ? [] : [state.deletedWith]
  return [...state.dependencies, ...Object.values(state.propertyDependencies).flat(), ...provider, ...deletedWith]
}

/** Everything that must exist while this resource does: its parent, and what it was made from or with. */
export function prerequisitesOf (state: ResourceState): Set<string> {
  const urns = new Set(referencedUrns(state))
  if (state.parent !== '') urns.add(state.parent)
  urns.delete(state.urn)
  return urns
}
