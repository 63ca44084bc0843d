import { createHash } from 'node:crypto'
import { nameOf } from '../translate/events.ts'
import { isRecord, listOf, recordOf, textOf } from '../json.ts'
import type { SecretsKeyCache } from './secrets.ts'
import { holdsSecret, masked, withSecrets } from '../translate/secret-values.ts'
import type { KnownResource } from '../types.ts'

/** What a state holds of a stack, as engines write it: the `deployment` of an export, the `latest` of a checkpoint. */
export type Deployment = Readonly<Record<string, unknown>>

type Entry = Readonly<Record<string, unknown>>

const entriesOf = (value: unknown): Entry[] => listOf(value).filter(isRecord)

/** Neither components nor providers. */
const isOfCloud = ({ custom, type }: Entry): boolean => custom === true && !textOf(type).startsWith('pulumi:')

/** The deployment's cloud resources in the order of the state, secrets masked. */
export const knownResources = (deployment: Deployment): KnownResource[] =>
  entriesOf(deployment.resources).filter(isOfCloud).map(known)

function known (entry: Entry): KnownResource {
  const urn = textOf(entry.urn)
  return {
    urn,
    type: textOf(entry.type),
    name: nameOf(urn),
    id: textOf(entry.id),
    outputs: recordOf(masked(entry.outputs))
  }
}

/** A run that changes nothing may still write these anew. */
const NOT_COMPARED = new Set(['created', 'modified', 'sourcePosition', 'stackTrace'])

/**
 * Changes if and only if the stack's resources or pending operations do: not with the order in which they were written,
 * nor with where in the code they were declared, nor with a secret that was only encrypted anew. It reveals no secret:
 * the salt is part of it, which only the state has. Where the key of the state is not known, a secret encrypted anew
 * counts as another one.
 * @returns '' where there is no such stack.
 */
export async function fingerprintOf (deployment: Deployment | undefined, keyCache: SecretsKeyCache): Promise<string> {
  if (deployment === undefined) return ''
  const salt = textOf(recordOf(recordOf(deployment.secrets_providers).state).salt)
  const entries = [...entriesOf(deployment.resources), ...entriesOf(deployment.pending_operations)]
  // Deriving the key takes 0.15 s.
  const decrypt = holdsSecret(entries) ? await keyCache.unlock(salt).catch(() => undefined) : undefined
  const plain = (secret: Entry): unknown =>
    decrypt === undefined ? secret : { secret: decrypt(textOf(secret.ciphertext)) }
  const texts = entries.map((entry) => JSON.stringify(canonical(withSecrets(entry, plain))))
  return createHash('sha256').update([salt, ...texts.toSorted()].join('\n')).digest('hex')
}

function canonical (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isRecord(value)) return value
  const names = Object.keys(value).filter((name) => !NOT_COMPARED.has(name)).toSorted()
  return Object.fromEntries(names.map((name) => [name, canonical(value[name])]))
}

export interface RetainedResources {
  /** With every resource marked to be kept in the cloud, or not. */
  readonly deployment: Deployment
  /** Whether that is another deployment than before. */
  readonly changed: boolean
  readonly retained: readonly KnownResource[]
}

/**
 * Marks what a destroy is to leave in the cloud: resources of these types, and what is deleted with one of them or is
 * its child. Removes the marks of an earlier destroy that failed.
 */
export function markRetained (deployment: Deployment, types: readonly string[]): RetainedResources {
  const entries = entriesOf(deployment.resources)
  const kept = keptWith(entries, types)
  const isKept = (entry: Entry): boolean => kept.has(textOf(entry.urn))
  const changed = entries.some((entry) => (entry.retainOnDelete === true) !== isKept(entry))
  const resources = entries.map(({ retainOnDelete, ...entry }) =>
    isKept(entry) ? { ...entry, retainOnDelete: true } : entry
  )
  return {
    deployment: { ...deployment, resources },
    changed,
    retained: entries.filter(isKept).filter(isOfCloud).map(known)
  }
}

/** A resource stands behind what it is deleted with, and behind its parent. */
function keptWith (entries: readonly Entry[], types: readonly string[]): Set<string> {
  const kept = new Set<string>()
  for (const { urn, type, deletedWith, parent } of entries) {
    if (types.includes(textOf(type)) || [deletedWith, parent].some((other) => kept.has(textOf(other)))) {
      kept.add(textOf(urn))
    }
  }
  return kept
}
