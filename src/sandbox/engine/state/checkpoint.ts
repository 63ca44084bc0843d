import { createHash } from 'node:crypto'
import { EngineError } from '../errors.ts'
import type { SecretsProvider } from '../secrets.ts'
import { isJsonObject, propertiesFromState } from '../values/json.ts'
import type { Decrypt, Encrypt, Json, JsonObject } from '../values/json.ts'
import type { Properties } from '../values/value.ts'
import { rootType } from '../urn.ts'
import { engineVersion } from '../version.ts'
import { resourceFromJson, resourceToJson } from './resource.ts'
import type { ResourceState } from './resource.ts'
import { readOptional } from './files.ts'
import type { StackFiles } from './files.ts'

export type OperationType = 'creating' | 'updating' | 'deleting' | 'reading' | 'importing'

/** Operations in progress when the checkpoint was written. */
export interface PendingOperation {
  readonly resource: ResourceState
  readonly type: OperationType
}

/** A checkpoint file as read, before anything in it is decrypted. */
export interface CheckpointFile {
  time: string | undefined
  /** Of the passphrase secrets provider. */
  salt: string | undefined
  resources: JsonObject[]
  pending: JsonObject[]
  /** Parts of the deployment this engine has no use for, written back as they were. */
  extra: JsonObject
  hasSecrets: boolean
}

export const checkpointVersion = 3

/**
 * @throws EngineError if the file is no checkpoint of version 3, or its secrets have another provider than a passphrase
 */
export async function readCheckpointFile (files: StackFiles): Promise<CheckpointFile | undefined> {
  const text = await readOptional(files.checkpoint)
  return text === undefined ? undefined : parseCheckpoint(text, files.checkpoint)
}

/** @throws EngineError if the text is no checkpoint of version 3 */
const parseCheckpoint = (text: string, path: string): CheckpointFile => parseDeployment(deploymentJson(text, path))

/** The deployment in a checkpoint as it stands there. @throws EngineError if the text is no checkpoint of version 3 */
export function deploymentJson (text: string, path: string): JsonObject {
  const file = parse(text, path)
  if (file['version'] !== checkpointVersion) {
    throw new EngineError(`failed to load checkpoint: ${path}: unsupported version ${JSON.stringify(file['version'])}`)
  }
  return asObject(asObject(file['checkpoint'])['latest'])
}

/**
 * A deployment of a checkpoint or of an export. @throws EngineError if its secrets have another provider than a
 * passphrase
 */
export function parseDeployment (deployment: JsonObject): CheckpointFile {
  const { manifest, secrets_providers: provider, resources, pending_operations: pending, ...extra } = deployment
  const time = asObject(manifest)['time']
  return {
    time: typeof time === 'string' ? time : undefined,
    salt: saltOf(asObject(provider)),
    resources: asObjects(resources),
    pending: asObjects(pending),
    extra,
    hasSecrets: JSON.stringify([resources ?? null, pending ?? null]).includes('"ciphertext"')
  }
}

function parse (text: string, path: string): JsonObject {
  try {
    return asObject(JSON.parse(text) as Json)
  } catch (cause) {
    throw new EngineError(`failed to load checkpoint: ${path} is not JSON`, { cause })
  }
}

function saltOf (provider: JsonObject): string | undefined {
  if (provider['type'] === undefined) return undefined
  if (provider['type'] !== 'passphrase') {
    throw new EngineError(
      `the sandbox engine does not implement the secrets provider ${JSON.stringify(provider['type'])}`
    )
  }
  const salt = asObject(provider['state'])['salt']
  return typeof salt === 'string' ? salt : undefined
}

const asObject = (value: Json | undefined): JsonObject => isJsonObject(value) ? value : {}
const asObjects = (value: Json | undefined): JsonObject[] => Array.isArray(value) ? value.filter(isJsonObject) : []

/** Deriving the key costs about 200 ms: only a checkpoint with something encrypted in it asks for it. */
export async function decrypterFor (
  checkpoint: CheckpointFile,
  secrets: () => Promise<SecretsProvider>
): Promise<Decrypt> {
  if (!checkpoint.hasSecrets) {
    return () => {
      throw new EngineError('a secret where none was expected')
    }
  }
  const provider = await secrets()
  const crypter = await provider.crypter()
  return crypter.decrypt
}

export const resourcesOf = (checkpoint: CheckpointFile, decrypt: Decrypt): ResourceState[] =>
  checkpoint.resources.map((json) => resourceFromJson(json, decrypt))

export const pendingOf = (checkpoint: CheckpointFile, decrypt: Decrypt): PendingOperation[] =>
  checkpoint.pending.map((json) => ({
    resource: resourceFromJson(asObject(json['resource']), decrypt),
    type: json['type'] as OperationType
  }))

const rootOutputsJson = (checkpoint: CheckpointFile): Json | undefined =>
  checkpoint.resources.find((resource) => resource['type'] === rootType && resource['delete'] !== true)?.['outputs']

/** The stack's outputs, without decrypting any other resource. */
export const rootOutputs = (checkpoint: CheckpointFile, decrypt: Decrypt): Properties =>
  propertiesFromState(rootOutputsJson(checkpoint), decrypt)

export const rootHasSecrets = (checkpoint: CheckpointFile): boolean =>
  JSON.stringify(rootOutputsJson(checkpoint) ?? {}).includes('"ciphertext"')

/** The file of a stack that was never deployed. */
export const emptyCheckpoint = (project: string, stack: string): string =>
  JSON.stringify({ version: checkpointVersion, checkpoint: { stack: `organization/${project}/${stack}` } })

export interface CheckpointParts {
  project: string
  stack: string
  salt: string
  time: Date
  /** JSON texts of the resources and the pending operations. */
  resources: string[]
  pending: string[]
  extra: JsonObject
}

/** Puts a checkpoint together from texts, so that only what changed since the last write is turned into JSON again. */
export function checkpointText (parts: CheckpointParts): string {
  const manifest = { time: parts.time.toISOString(), magic: magic(engineVersion), version: engineVersion }
  const fields = [
    `"manifest":${JSON.stringify(manifest)}`,
    `"secrets_providers":${JSON.stringify({ type: 'passphrase', state: { salt: parts.salt } })}`
  ]
  if (parts.resources.length > 0) fields.push(`"resources":[${parts.resources.join(',')}]`)
  if (parts.pending.length > 0) fields.push(`"pending_operations":[${parts.pending.join(',')}]`)
  for (const [key, value] of Object.entries({ metadata: {}, ...parts.extra })) {
    fields.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`)
  }
  const stack = JSON.stringify(`organization/${parts.project}/${parts.stack}`)
  return `{"version":${checkpointVersion},"checkpoint":{"stack":${stack},"latest":{${fields.join(',')}}}}`
}

/**
 * The real engine checks this number when it loads a checkpoint (pkg/resource/deploy/manifest.go): the SHA-256 of the
 * version.
 */
const magic = (version: string): string => createHash('sha256').update(version).digest('hex')

/** Whether the manifest is as an engine wrote it. */
export function hasItsMagic (deployment: JsonObject): boolean {
  const { magic: written, version } = asObject(deployment['manifest'])
  return typeof version === 'string' && written === magic(version)
}

export const resourceText = (state: ResourceState, encrypt: Encrypt): string =>
  JSON.stringify(resourceToJson(state, encrypt))
