import { OPERATION_CODES, type OperationCode } from '../errors.ts'
import type { Environment } from '../schemas/environment.ts'
import type { OperationEvent } from '../schemas/event.ts'
import type { Operation, Step } from '../schemas/operation.ts'
import { OPERATION_KINDS, type OperationKind } from '../schemas/operation.ts'
import type { OperationError } from '../schemas/problem.ts'
import type { Team } from '../schemas/team.ts'
import type { EnvironmentRow, EventRow, OperationRow, TeamRow } from '../store/tables.ts'

const time = (date: Date | null): string | null => date?.toISOString() ?? null

/** The kinds the table holds and the API offers are the same set in this version. */
export function kindOf ({ kind }: Pick<OperationRow, 'kind'>): OperationKind {
  const known = OPERATION_KINDS.find(each => each === kind)
  if (known === undefined) throw new Error(`an operation of kind ${kind} cannot be shown`)
  return known
}

/** An operation as the API shows it; `steps` only where one operation was asked for. */
export function presentOperation (row: OperationRow, steps?: Step[]): Operation {
  return {
    id: row.id,
    environmentId: row.environment_id,
    kind: kindOf(row),
    state: row.state,
    attempt: row.attempt,
    progress: { done: row.progress_done, total: row.progress_total },
    ...(steps && { steps }),
    error: row.error,
    createdAt: row.created_at.toISOString(),
    startedAt: time(row.started_at),
    finishedAt: time(row.finished_at),
    links: { self: `/operations/${row.id}`, environment: `/environments/${row.environment_id}`, events: `/operations/${row.id}/events` }
  }
}

/** An environment as the API shows it, with its newest operation. */
export function presentEnvironment (row: EnvironmentRow, operation: OperationRow | undefined): Environment {
  const self = `/environments/${row.id}`
  return {
    id: row.id,
    team: row.team,
    name: row.name,
    cloud: row.cloud,
    phase: row.phase,
    generation: row.generation,
    observedGeneration: row.observed_generation,
    conditions: row.conditions,
    spec: row.spec,
    resolved: row.resolved,
    outputs: row.outputs,
    operation: operation ? presentOperation(operation) : null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    links: { self, outputs: `${self}/outputs`, operation: operation ? `/operations/${operation.id}` : null }
  }
}

export function presentTeam (row: TeamRow): Team {
  return {
    team: row.name,
    placement: row.placement,
    guardrails: row.guardrails,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString()
  }
}

/** An operation's error from the catalogue, with a sentence of its own. */
export function operationError (code: OperationCode, detail: string): OperationError {
  const { title, retryable, next } = OPERATION_CODES[code]
  return { type: `urn:batchyard:problem:${code}`, title, detail, code, retryable, next }
}

export function presentEvent ({ id, operation_id: operationId, at, body }: EventRow): OperationEvent {
  return { id, operationId, at: at.toISOString(), event: body }
}
