import type { Deployment } from '../state/deployment.ts'
import { isRecord, listOf, recordOf, textOf } from '../json.ts'
import { TAG } from '../translate/secret-values.ts'
import type { PendingCreate } from '../types.ts'
import { referencesOf } from '../state/checkpoint.ts'

type Entry = Readonly<Record<string, unknown>>

/**
 * The `initErrors` of a resource whose entry may differ from the cloud. The engine keeps them until a refresh has read
 * the resource; an update that came first would try to repair it.
 */
const NEEDS_REFRESH = 'An engine was killed in the middle of a call for this resource, and it has not been read since.'

export const needsRefresh = (entry: Entry): boolean => listOf(entry.initErrors).includes(NEEDS_REFRESH)

const pendingOf = (deployment: Deployment): Array<{ type: string, resource: Entry }> =>
  listOf(deployment.pending_operations)
    .map(recordOf)
    .map(({ type, resource }) => ({ type: textOf(type), resource: recordOf(resource) }))

/** Components and providers are nothing but their entry: what was not recorded of them was not made. */
const isOfCloud = ({ custom, type }: Entry): boolean => custom === true && !textOf(type).startsWith('pulumi:')

/** Of several with one URN, left by several engines, the last. */
function creations (deployment: Deployment): Entry[] {
  const creating = pendingOf(deployment).filter(({ type, resource }) => type === 'creating' && isOfCloud(resource))
  return [...new Map(creating.map(({ resource }) => [textOf(resource.urn), resource])).values()]
}

/** Updates that may have made another revision beside the one the state knows. */
const revisions = (deployment: Deployment, revisionedTypes: ReadonlySet<string>): Entry[] =>
  pendingOf(deployment).flatMap(({ type, resource }) =>
    type === 'updating' && revisionedTypes.has(textOf(resource.type)) ? [resource] : []
  )

export const pendingCreates = (deployment: Deployment): PendingCreate[] => creations(deployment).map(toPendingCreate)

/**
 * What has to be looked up in the cloud before the deployment can be settled.
 * @param revisionedTypes Types whose update makes another revision, with an ARN of its own.
 */
export const pendingLookUps = (deployment: Deployment, revisionedTypes: ReadonlySet<string>): PendingCreate[] =>
  [...creations(deployment), ...revisions(deployment, revisionedTypes)].map(toPendingCreate)

const toPendingCreate = (entry: Entry): PendingCreate =>
  ({ urn: textOf(entry.urn), type: textOf(entry.type), inputs: recordOf(withoutTagged(entry.inputs)) })

/** Secrets, files and references have a form of their own, with a tag, that only the engine understands. */
function withoutTagged (value: unknown): unknown {
  const isPlain = (item: unknown): boolean => !isRecord(item) || !(TAG in item)
  if (Array.isArray(value)) return value.filter(isPlain).map(withoutTagged)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => isPlain(item))
      .map(([name, item]) => [name, withoutTagged(item)])
  )
}

export interface SettledDeployment {
  /** Without pending operations. What the state does not know the present form of is marked NEEDS_REFRESH. */
  readonly deployment: Deployment
  /** URNs of the resources taken into the state. */
  readonly adopted: readonly string[]
}

/**
 * Settles a deployment's pending operations. A resource that was being created is taken into the state if it was found;
 * one that was being updated or deleted is there and stays. Each is marked to be read before anything depends on it.
 * @param located The cloud's ids of what was found, by URN.
 */
export function settlePendingOperations (
  deployment: Deployment,
  located: ReadonlyMap<string, string>,
  revisionedTypes: ReadonlySet<string>
): SettledDeployment {
  const { pending_operations: _, ...rest } = deployment
  const interrupted = pendingOf(deployment).filter(({ type }) => type === 'updating' || type === 'deleting')
  const newest = (entry: Entry): Entry =>
    revisionedTypes.has(textOf(entry.type)) ? withArn(entry, located.get(textOf(entry.urn))) : entry
  let entries: Entry[] = listOf(deployment.resources)
    .map(recordOf)
    .map((entry) =>
      interrupted.some(({ resource }) => isSame(entry, resource)) ? markForRefresh(newest(entry)) : entry
    )
  const adopted: string[] = []
  for (const created of creations(deployment)) {
    const id = located.get(textOf(created.urn))
    // What is in the state already, under whatever URN, must not be there twice: it would be deleted with the second.
    // But the one it was to replace, deleted before, may have had the same name.
    if (
      id === undefined ||
      entries.some((entry) => entry.type === created.type && entry.id === id && !isReplacedBy(created, entry))
    ) { continue }
    entries = withAdopted(
      entries,
      markForRefresh({ ...created, id, outputs: { ...withoutInternal(recordOf(created.inputs)), ...namedBy(id) } })
    )
    adopted.push(textOf(created.urn))
  }
  return { deployment: { ...rest, resources: entries }, adopted }
}

/** What the CLI notes of an update has no id (3.260); an update is never of what is to be deleted. */
const isSame = (entry: Entry, other: Entry): boolean =>
  entry.urn === other.urn && (textOf(other.id) === '' ? entry.delete !== true : entry.id === other.id)

/** With the ARN of its newest revision, by which it is read. */
const withArn = (entry: Entry, arn: string | undefined): Entry =>
  arn === undefined ? entry : { ...entry, outputs: { ...recordOf(entry.outputs), arn } }

const isReplacedBy = (created: Entry, entry: Entry): boolean =>
  entry.urn === created.urn && entry.pendingReplacement === true

const markForRefresh = (entry: Entry): Entry => ({ ...entry, initErrors: [NEEDS_REFRESH] })

/** Where the id is an ARN, some reads of the provider (a task definition's) use the output `arn` and not the id. */
const namedBy = (id: string): Entry => id.startsWith('arn:') ? { arn: id } : {}

/** The provider's notes to itself (`__defaults`) are inputs only. */
const withoutInternal = (inputs: Entry): Entry =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith('__')))

/**
 * Puts a new resource where the engine would have: the one it replaces waits behind it for its deletion, or has been
 * deleted before and leaves. Nothing may stand in front of what it refers to.
 */
function withAdopted (entries: readonly Entry[], adopted: Entry): Entry[] {
  const replaced = entries.findIndex((entry) => entry.urn === adopted.urn && entry.delete !== true)
  const needed = new Set(referencesOf(adopted))
  const afterNeeded = entries.findLastIndex((entry) => needed.has(textOf(entry.urn))) + 1
  const place = replaced < 0 ? entries.length : Math.max(replaced, afterNeeded)
  const reordered = entries.flatMap((entry, index) => {
    const rest = index !== replaced ? [entry] : entry.pendingReplacement === true ? [] : [{ ...entry, delete: true }]
    return index === place ? [adopted, ...rest] : rest
  })
  return place === entries.length ? [...reordered, adopted] : reordered
}
