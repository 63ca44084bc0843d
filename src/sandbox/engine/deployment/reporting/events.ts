import * as grpc from '@grpc/grpc-js'
import eventsPb from '@pulumi/pulumi/proto/events_pb.js'
import eventsGrpc from '@pulumi/pulumi/proto/events_grpc_pb.js'
import { EngineError } from '../../errors.ts'
import { toDisplay } from '../../values/json.ts'
import type { Json } from '../../values/json.ts'
import type { ResourceState } from '../../state/resource.ts'
import { differenceOfStep, isLogical, newOf, oldOf, operationOf, subjectOf } from '../planning/step.ts'
import type { PropertyChange, DeploymentStep } from '../planning/step.ts'

export type Severity = 'debug' | 'info' | 'info#err' | 'warning' | 'error'

/** A resource in an event: secrets are hidden. */
interface EventState {
  type: string
  urn: string
  custom?: boolean
  delete?: boolean
  id: string
  parent: string
  protect?: boolean
  external?: boolean
  retainOnDelete?: boolean
  inputs: Json
  outputs: Json
  provider: string
  initErrors?: readonly string[]
}

export interface StepMetadata {
  op: string
  urn: string
  type: string
  old: EventState | null
  new: EventState | null
  keys?: readonly string[]
  diffs?: readonly string[]
  detailedDiff: Record<string, PropertyChange> | null
  logical?: boolean
  provider: string
}

/** The engine's events, as `apitype.EngineEvent` of the real engine has them. */
type EngineEvent =
  | { preludeEvent: { config: Record<string, string> } }
  | { resourcePreEvent: { metadata: StepMetadata } }
  | { resOutputsEvent: { metadata: StepMetadata } }
  | { resOpFailedEvent: { metadata: StepMetadata, status: number, steps: number } }
  | { diagnosticEvent: { urn?: string, prefix?: string, message: string, color: string, severity: Severity } }
  | { stdoutEvent: { message: string, color: string } }
  | {
    summaryEvent: {
      maybeCorrupt: boolean
      durationSeconds: number
      resourceChanges: Record<string, number>
      PolicyPacks: Record<string, string>
      isPreview: boolean
      result: string
    }
  }
  | { cancelEvent: Record<string, never> }

export interface EventLog {
  send: (event: EngineEvent) => void
  /** Resolves once the receiver has everything, or is gone. */
  close: () => Promise<void>
}

/** How long the receiver of the events may take to say that it has them all. */
const closeMillis = 5_000

const silent: EventLog = { send: () => {}, close: async () => {} }

/**
 * Opens the stream of `--event-log tcp://127.0.0.1:PORT` (service pulumirpc.Events). A receiver that is gone is no
 * failure of the deployment: what can't be delivered is dropped.
 */
export function openEventLog (address: string | undefined): EventLog {
  if (address === undefined) return silent
  if (!address.startsWith('tcp://')) {
    throw new EngineError(`the sandbox engine does not implement --event-log ${address}; only tcp://`)
  }
  const client = new eventsGrpc.EventsClient(address.slice('tcp://'.length), grpc.credentials.createInsecure())
  const received = Promise.withResolvers<void>()
  const stream = client.streamEvents(() => received.resolve())
  stream.on('error', () => received.resolve())
  let sequence = 0
  return {
    send: (event) => {
      const request = new eventsPb.EventRequest()
      request.setEvent(JSON.stringify({ sequence: sequence++, timestamp: Math.floor(Date.now() / 1000), ...event }))
      stream.write(request)
    },
    close: async () => {
      stream.end()
      const timer = setTimeout(received.resolve, closeMillis)
      await received.promise
      clearTimeout(timer)
      client.close()
    }
  }
}

/** `finished`: the step's new state, once there is one; before, a new resource shows neither id nor outputs. */
export function metadataOf (step: DeploymentStep, finished?: ResourceState): StepMetadata {
  const condemned = finished && step.kind === 'create-replacement' ? step.condemned : undefined
  const old = condemned ?? oldOf(step)
  const subject = subjectOf(step)
  const { keys, diffs, detailedDiff } = differenceOfStep(step) ?? { keys: [], diffs: [], detailedDiff: undefined }
  const next = newOf(step) === undefined ? undefined : finished ?? newOf(step)
  const state = next === undefined ? null : eventState(next)
  if (state !== null && finished === undefined && step.kind !== 'refresh') Object.assign(state, { id: '', outputs: {} })
  return {
    op: operationOf(step),
    urn: subject.urn,
    type: subject.type,
    old: old === undefined ? null : eventState(old),
    new: state,
    ...(keys.length > 0 ? { keys } : {}),
    ...(diffs.length > 0 ? { diffs } : {}),
    detailedDiff: detailedDiff ?? null,
    ...(isLogical(step) ? { logical: true } : {}),
    provider: subject.provider
  }
}

function eventState (state: ResourceState): EventState {
  return {
    type: state.type,
    urn: state.urn,
    ...(state.custom ? { custom: true } : {}),
    ...(state.delete ? { delete: true } : {}),
    id: state.id,
    parent: state.parent,
    ...(state.protect ? { protect: true } : {}),
    ...(state.external ? { external: true } : {}),
    ...(state.retainOnDelete ? { retainOnDelete: true } : {}),
    inputs: toDisplay(state.inputs),
    outputs: toDisplay(state.outputs),
    provider: state.provider,
    ...(state.initErrors.length > 0 ? { initErrors: state.initErrors } : {})
  }
}
