import { isRecord, listOf, recordOf, textOf } from '../json.ts'

/** The parts of a checkpoint's resource that are read here. */
export interface CheckpointResource {
  readonly urn: string
  readonly type: string
  readonly custom: boolean
  readonly outputs: Record<string, unknown>
}

export interface Checkpoint {
  readonly resources: readonly CheckpointResource[]
  /** Operations an engine had begun and not recorded the end of. */
  readonly pending: number
  /** The salt of the passphrase's key, in the engine's own form; absent with another secrets provider. */
  readonly salt?: string
  /** The whole of it, as it stands in the file. */
  readonly deployment: Readonly<Record<string, unknown>>
}

/** Why a text is no checkpoint. */
export class InvalidCheckpoint extends Error {}

/** Version 4 is version 3 with a list of the features that a reader must have (CLI 3.260: pkg/resource/stack). */
const VERSIONS: readonly unknown[] = [3, 4]

/**
 * Parses a checkpoint of version 3 or 4, the only ones that the engines write.
 * @throws InvalidCheckpoint whose message says, as the end of a sentence, what is wrong.
 */
export function parseCheckpoint (text: string): Checkpoint {
  const latest = recordOf(recordOf(parseFile(text).checkpoint).latest)
  const provider = recordOf(latest.secrets_providers)
  const salt = textOf(recordOf(provider.state).salt)
  const entries = entriesOf(latest.resources)
  return {
    deployment: latest,
    resources: entries.map(toResource),
    pending: listOf(latest.pending_operations).length,
    ...(provider.type === 'passphrase' && salt !== '' ? { salt } : {})
  }
}

function parseFile (text: string): Record<string, unknown> {
  if (text.trim() === '') throw new InvalidCheckpoint('it is empty')
  const file = parseJson(text)
  if (!isRecord(file) || !isRecord(file.checkpoint)) throw new InvalidCheckpoint('it holds no checkpoint')
  if (!VERSIONS.includes(file.version)) {
    throw new InvalidCheckpoint(`it is of version ${JSON.stringify(file.version)}, not 3 or 4`)
  }
  return file
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InvalidCheckpoint('it is not JSON, or only the beginning of it', { cause })
  }
}

function entriesOf (resources: unknown): Array<Record<string, unknown>> {
  const entries = resources ?? []
  if (Array.isArray(entries) && entries.every((entry) => isRecord(entry) && textOf(entry.urn) !== '')) return entries
  throw new InvalidCheckpoint('its resources cannot be made out')
}

const toResource = (entry: Record<string, unknown>): CheckpointResource => ({
  urn: textOf(entry.urn),
  type: textOf(entry.type),
  custom: entry.custom === true,
  outputs: recordOf(entry.outputs)
})

/** Cloud resources: neither components nor providers. */
export const cloudResources = (resources: readonly CheckpointResource[]): CheckpointResource[] =>
  resources.filter((resource) => resource.custom && !resource.type.startsWith('pulumi:'))

/** Whether every reference is to an earlier resource, and each resource is there once (the engine's own rule). */
export function isSound (resources: ReadonlyArray<Record<string, unknown>>): boolean {
  const urns = new Set<string>()
  const live = new Set<string>()
  return resources.every((entry) => {
    const urn = textOf(entry.urn)
    const isSecond = entry.delete !== true && live.has(urn)
    const isWhole = referencesOf(entry).every((other) => urns.has(other))
    urns.add(urn)
    if (entry.delete !== true) live.add(urn)
    return isWhole && !isSecond
  })
}

/** URNs of everything that a resource of a deployment can't be without. */
export function referencesOf (entry: Record<string, unknown>): string[] {
  // One that waits for its second half may have had its provider replaced.
  const provider = entry.pendingReplacement === true ? '' : textOf(entry.provider)
  const properties = Object.values(recordOf(entry.propertyDependencies)).flatMap(listOf)
  return [
    entry.parent,
    entry.deletedWith,
    provider.slice(0, Math.max(0, provider.lastIndexOf('::'))),
    ...listOf(entry.dependencies),
    ...properties
  ]
    .map(textOf)
    .filter((urn) => urn !== '')
}
