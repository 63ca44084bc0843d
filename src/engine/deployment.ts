import { nameOf } from './events.ts'
import { isRecord, listOf, recordOf, textOf } from './records.ts'
import { masked } from './secrets.ts'
import type { KnownResource } from './types.ts'

/** What a state holds of a stack, as engines write it: the `deployment` of an export, the `latest` of a checkpoint. */
export type Deployment = Readonly<Record<string, unknown>>

type Entry = Record<string, unknown>

const entriesOf = (value: unknown): Entry[] => listOf(value).filter(isRecord)

/** Neither components nor providers. */
const isOfCloud = ({ custom, type }: Entry): boolean => custom === true && !textOf(type).startsWith('pulumi:')

/** The deployment's cloud resources in the order of the state, secrets masked. */
export const knownResources = (deployment: Deployment): KnownResource[] =>
  entriesOf(deployment.resources).filter(isOfCloud).map(known)

function known (entry: Entry): KnownResource {
  const urn = textOf(entry.urn)
  return { urn, type: textOf(entry.type), name: nameOf(urn), id: textOf(entry.id), outputs: recordOf(masked(entry.outputs)) }
}
