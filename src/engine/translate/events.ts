import type { DiagnosticEvent, EngineEvent as SdkEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js'
import type { EngineEvent } from '../../schemas/event.ts'
import { sanitizeMessage } from '../../text.ts'

type ResourceEvent = Extract<EngineEvent, { type: 'resource' }>

/** The engine's operations; those of a replacement's two halves become what they do to the cloud. */
const ACTIONS: Record<string, ResourceEvent['action']> = {
  same: 'same',
  create: 'create',
  update: 'update',
  delete: 'delete',
  replace: 'replace',
  'create-replacement': 'create',
  'delete-replaced': 'delete',
  'discard-replaced': 'delete',
  read: 'read',
  'read-replacement': 'read',
  refresh: 'read',
  import: 'read',
  'import-replacement': 'read'
}

export function nameOf (urn: string): string {
  const separator = urn.lastIndexOf('::')
  return separator < 0 ? urn : urn.slice(separator + 2)
}

/** What an engine does while it sends an event: `read` is a preview or a refresh, which touch nothing in the cloud. */
export type EngineActivity = 'change' | 'read'

/**
 * An engine's event as ours, or `undefined` for what is left out: components, providers, the stack itself, debug
 * messages, the engine's own settings. Inputs and outputs of resources are always left out. The events of a reading
 * engine name what would be done, or was done by others; what the engine does itself is to read.
 */
export function toEngineEvent (event: SdkEvent, activity: EngineActivity = 'change'): EngineEvent | undefined {
  if (event.resourcePreEvent !== undefined) return resourceEvent(event.resourcePreEvent.metadata, 'started', activity)
  if (event.resOutputsEvent !== undefined) return resourceEvent(event.resOutputsEvent.metadata, 'succeeded', activity)
  if (event.resOpFailedEvent !== undefined) return resourceEvent(event.resOpFailedEvent.metadata, 'failed', activity)
  if (event.diagnosticEvent !== undefined) return diagnosticEvent(event.diagnosticEvent)
  if (event.summaryEvent === undefined) return undefined
  const changes = Object.entries(event.summaryEvent.resourceChanges ?? {}).filter((entry) => entry[1] !== undefined)
  return { type: 'summary', changes: Object.fromEntries(changes), seconds: event.summaryEvent.durationSeconds }
}

function resourceEvent (
  metadata: StepEventMetadata,
  status: ResourceEvent['status'],
  activity: EngineActivity
): EngineEvent | undefined {
  const action = activity === 'read' ? 'read' : actionOf(metadata)
  const state = metadata.new ?? metadata.old
  if (action === undefined || state?.custom !== true || metadata.type.startsWith('pulumi:')) return undefined
  const urn = sanitizeMessage(metadata.urn)
  const id = sanitizeMessage(state.id ?? '')
  const event: ResourceEvent = {
    type: 'resource',
    action,
    status,
    urn,
    resourceType: sanitizeMessage(metadata.type),
    name: nameOf(urn)
  }
  return id === '' ? event : { ...event, id }
}

/** What is deleted from the state only stays in the cloud as it is. */
const actionOf = ({ op, old }: StepEventMetadata): ResourceEvent['action'] | undefined =>
  op === 'delete' && old?.retainOnDelete === true ? 'same' : ACTIONS[op]

function diagnosticEvent ({ severity, message, urn, ephemeral }: DiagnosticEvent): EngineEvent | undefined {
  const levels = { info: 'info', 'info#err': 'info', warning: 'warning', error: 'error' } as const
  // The engine also streams debug messages, which the SDK's type leaves out.
  const level: 'info' | 'warning' | 'error' | undefined = levels[severity]
  // Where in the program's code an error arose belongs in no event.
  const text = sanitizeMessage(message.replace(/\n\s+at .*/g, ''))
  if (level === undefined || text === '' || ephemeral === true) return undefined
  const event = { type: 'diagnostic', severity: level, message: text } as const
  return urn === undefined || urn === '' ? event : { ...event, urn: sanitizeMessage(urn) }
}
