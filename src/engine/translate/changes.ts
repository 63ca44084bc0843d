import type { EngineEvent as SdkEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js'
import type { PlannedChange } from '../../schemas/change.ts'
import { nameOf } from './events.ts'
import { rootOf } from './property-path.ts'
import { sanitizeMessage } from '../../text.ts'

type Property = PlannedChange['properties'][number]

/** Bounds of what is answered; an environment has about thirty resources. */
const MAX_CHANGES = 1_000
const MAX_PROPERTIES = 100
const MAX_PATH = 500

/** Steps that are a change of their own. The halves of a replacement are covered by its `replace`. */
const ACTIONS: Readonly<Record<string, PlannedChange['action']>> = {
  create: 'create', update: 'update', replace: 'replace', delete: 'delete', 'delete-replaced': 'delete'
}

/** What a preview's steps would do to the cloud: one change per resource, none of what stays as it is. */
export function plannedChanges (steps: readonly StepEventMetadata[]): PlannedChange[] {
  const replaced = new Set(steps.filter(({ op }) => op === 'replace').map(identityOf))
  // What an interrupted replacement has left is deleted without one.
  const isHalf = (step: StepEventMetadata): boolean => step.op === 'delete-replaced' && replaced.has(identityOf(step))
  return steps.filter((step) => !isHalf(step)).slice(0, MAX_CHANGES).flatMap(changeOf)
}

/** The step an event announces, if it is one that would change a cloud resource. */
export function changingStep (event: SdkEvent): StepEventMetadata[] {
  const metadata = event.resourcePreEvent?.metadata
  if (metadata === undefined || ACTIONS[metadata.op] === undefined || metadata.type.startsWith('pulumi:')) return []
  return (metadata.new ?? metadata.old)?.custom === true ? [metadata] : []
}

const identityOf = ({ urn, old }: StepEventMetadata): string => `${urn} ${old?.id ?? ''}`

function changeOf (step: StepEventMetadata): PlannedChange[] {
  const action = ACTIONS[step.op]
  if (action === undefined) return []
  const urn = sanitizeMessage(step.urn)
  const id = sanitizeMessage(step.old?.id ?? '')
  const properties = action === 'update' || action === 'replace' ? propertiesOf(step) : []
  const change = { urn, resourceType: sanitizeMessage(step.type), name: nameOf(urn), action, properties }
  return [id === '' ? change : { ...change, id }]
}

function propertiesOf (step: StepEventMetadata): Property[] {
  const all = [...detailed(step), ...plain(step)].filter(({ path }) => !path.startsWith('__'))
  const inputs = { ...step.old?.inputs, ...step.new?.inputs }
  // What only follows from the inputs (tagsAll from tags) says nothing new, unless there is nothing else to say.
  const own = all.filter(({ path }) => rootOf(path) in inputs)
  return (own.length > 0 ? own : all).toSorted((a, b) => a.path < b.path ? -1 : 1).slice(0, MAX_PROPERTIES)
}

const detailed = ({ detailedDiff, keys = [] }: StepEventMetadata): Property[] =>
  Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => {
    const [kind, replace] = diffKind.split('-')
    const action = kind === 'add' || kind === 'delete' ? kind : 'update'
    return { path: sanitizeMessage(path, MAX_PATH), action, replaces: replace !== undefined || keys.includes(path) }
  })

/** A provider need not tell details; then there are names of properties. */
function plain (step: StepEventMetadata): Property[] {
  const { keys = [], diffs = [], detailedDiff } = step
  const covered = new Set(Object.keys(detailedDiff ?? {}).map(rootOf))
  return [...new Set([...keys, ...diffs])].filter((name) => !covered.has(rootOf(name))).map((name) => ({
    path: sanitizeMessage(name, MAX_PATH), action: actionOn(name, step), replaces: keys.includes(name)
  }))
}

function actionOn (name: string, { old, new: next }: StepEventMetadata): Property['action'] {
  const root = rootOf(name)
  if (!(root in (old?.inputs ?? {})) && root in (next?.inputs ?? {})) return 'add'
  return root in (next?.inputs ?? {}) ? 'update' : 'delete'
}
