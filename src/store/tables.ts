import type { ColumnType, Generated, RawBuilder, Selectable } from 'kysely'
import type { Condition, Outputs, Phase } from '../schemas/environment.ts'
import type { EventBody } from '../schemas/event.ts'
import type {
  DeleteResult,
  DriftResult,
  OperationKind,
  OperationResult,
  OperationState,
  PreviewResult
} from '../schemas/operation.ts'
import type { OperationErrorData } from '../errors.ts'
import type { Deletion, ResolvedSpec, Spec } from '../schemas/spec.ts'
import type { Guardrails, Placement } from '../schemas/team.ts'
import type { Static } from 'typebox'

/** Written with `json()` only: the drivers treat plain arrays differently. */
type Json<T> = ColumnType<T, RawBuilder<T>, RawBuilder<T>>

/** The last engine process of an operation: it must have ended before another worker takes the operation over. */
export interface EngineRecord {
  readonly host: string
  readonly pid: number
  readonly startTime: string
}

/** What every operation that changes an environment may be asked with, or have noted. */
interface ChangeInput {
  /** The deletion policy in force for this operation, where it is not the spec's. */
  readonly deletion?: Deletion
  /** The environment was `degraded` when the operation was asked for, and is again if nothing was changed. */
  readonly degraded?: boolean
  /** The operation has disabled the job queues and not enabled them again yet. */
  readonly closed?: boolean
}

/** What a create or an update was asked with, beyond its environment's spec. */
export interface ApplyInput extends ChangeInput {
  /** Run only if the state is as the preview found it: its fingerprint. */
  readonly expectState?: string
  /** Whether it repairs drift, as its preview showed; without a preview it does if the environment has drifted. */
  readonly repair?: boolean
}

/** What a delete was asked with. */
export interface DeleteInput extends ChangeInput {
  /** The policy allowed it, and it has begun to delete. */
  readonly begun?: boolean
  /** Once it has begun, what its policy leaves in the account; before, what earlier deletes have left. */
  readonly retaining?: DeleteResult['retained']
}

/** An operation's kind, and what it was asked with. */
export type KindAndInput =
  | { readonly kind: 'create' | 'update', readonly input: ApplyInput }
  | { readonly kind: 'delete', readonly input: DeleteInput }
  | { readonly kind: 'preview', readonly input: { readonly preview: PreviewInput } }
  | { readonly kind: 'drift-check', readonly input: Readonly<Record<string, never>> }

export interface PreviewInput {
  /** The environment that would be made, or the one that would be changed. */
  readonly environmentId: string
  /** The generation that would be changed; null of an environment that would be made. */
  readonly generation: number | null
  readonly spec: Spec
  readonly resolved: ResolvedSpec
  readonly placement: Placement
}

interface TeamsTable {
  name: string
  placement: Json<Placement>
  guardrails: Json<Guardrails>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

interface KeysTable {
  id: string
  /** SHA-256 of the key. */
  hash: Uint8Array
  scope: 'admin' | 'team'
  team: string | null
  name: string
  created_at: Generated<Date>
}

interface EnvironmentsTable {
  id: string
  team: string
  name: string
  cloud: 'sandbox' | 'aws'
  phase: Phase
  generation: Generated<number>
  observed_generation: number | null
  placement: Json<Placement>
  spec: Json<Spec>
  resolved: Json<ResolvedSpec>
  outputs: Json<Outputs | null>
  conditions: Json<Array<Static<typeof Condition>>>
  created_at: Generated<Date>
  updated_at: Generated<Date>
  deleted_at: Date | null
}

interface OperationsTable {
  id: string
  serial: Generated<number>
  /** Null of a preview of an environment that does not exist yet. */
  environment_id: string | null
  team: string
  kind: OperationKind
  state: OperationState
  /** The environment's generation this operation makes real. */
  generation: number
  /** How often a worker has claimed it; fences every later write. */
  attempt: Generated<number>
  worker: string | null
  lease_until: Date | null
  engine: Json<EngineRecord | null>
  input: Json<KindAndInput['input']>
  result: Json<OperationResult | null>
  retry_of: string | null
  /** How often the worker tried again by itself. */
  retries: Generated<number>
  retry_at: Date | null
  progress_done: Generated<number>
  progress_total: number | null
  error: Json<OperationErrorData | null>
  request_id: string | null
  last_event: Generated<number>
  /** How many of its engine's events the attempt has stored. */
  recorded: Generated<number>
  created_at: Generated<Date>
  queued_at: Generated<Date>
  started_at: Date | null
  cancel_requested_at: Date | null
  finished_at: Date | null
  events_pruned: Generated<boolean>
}

interface GenerationsTable {
  environment_id: string
  generation: number
  spec: Json<Spec>
  created_at: Generated<Date>
}

interface EventsTable {
  operation_id: string
  id: number
  at: Date
  body: Json<EventBody>
}

export interface Tables {
  teams: TeamsTable
  keys: KeysTable
  environments: EnvironmentsTable
  operations: OperationsTable
  events: EventsTable
  generations: GenerationsTable
}

export type TeamRow = Selectable<TeamsTable>
export type KeyRow = Selectable<KeysTable>
export type EnvironmentRow = Selectable<EnvironmentsTable>

type OfKind<Row, Result> = Row & { readonly result: Result | null }

/** An operation's row: its kind says what it was asked with and what its result is. */
export type OperationRow = Omit<Selectable<OperationsTable>, 'kind' | 'input' | 'result'> & (
  | OfKind<Extract<KindAndInput, { kind: 'create' | 'update' }>, never>
  | OfKind<Extract<KindAndInput, { kind: 'delete' }>, DeleteResult>
  | OfKind<Extract<KindAndInput, { kind: 'preview' }>, PreviewResult>
  | OfKind<Extract<KindAndInput, { kind: 'drift-check' }>, DriftResult>
)
/** The row of an operation that changes its environment. */
export type ChangingRow = Extract<OperationRow, { kind: 'create' | 'update' | 'delete' }>

export type EventRow = Selectable<EventsTable>
