import { OPERATION_CODES, adviceFor } from '../../error-codes.ts'
import type { Environment } from '../../schemas/environment.ts'
import type { OperationEvent } from '../../schemas/event.ts'
import type { Operation, Step } from '../../schemas/operation.ts'
import type { OperationError } from '../../schemas/problem.ts'
import type { Team } from '../../schemas/team.ts'
import type { EnvironmentRow, EventRow, OperationRow, TeamRow } from '../../store/tables.ts'
import { isChanging } from '../attempt/phases.ts'

const time = (date: Date | null): string | null => date?.toISOString() ?? null

/** An operation as the API shows it; `steps` only where one operation was asked for. */
export function presentOperation (row: OperationRow, steps?: Step[]): Operation {
  return {
    id: row.id,
    environmentId: row.environment_id,
    kind: row.kind,
    state: row.state,
    attempt: row.attempt,
    progress: { done: row.progress_done, total: row.progress_total },
    ...(steps && { steps }),
    ...presentResult(row),
    retries: row.retries,
    retryAt: time(row.retry_at),
    retryOf: row.retry_of,
    error: presentError(row),
    createdAt: row.created_at.toISOString(),
    startedAt: time(row.started_at),
    finishedAt: time(row.finished_at),
    links: {
      self: `/operations/${row.id}`,
      environment: row.environment_id && `/environments/${row.environment_id}`,
      events: `/operations/${row.id}/events`
    }
  }
}

/** What was stored of an error, with what the catalogue says of its code. */
function presentError ({ kind, error }: OperationRow): OperationError | null {
  if (!error) return null
  const { code, detail, retryable, transient, situation, resource, cloudRequestId } = error
  // Versions before stored the advice; what changes nothing they advised to retry.
  const next = (isChanging(kind) ? error.next : undefined) ?? adviceFor(code, isChanging(kind), situation)
  return {
    type: `urn:batchyard:problem:${code}`,
    title: OPERATION_CODES[code].title,
    detail,
    code,
    retryable,
    transient,
    next,
    ...(resource && { resource }),
    ...(cloudRequestId !== undefined && { cloudRequestId })
  }
}

function presentResult (operation: OperationRow): Pick<Operation, 'preview' | 'drift' | 'retained'> {
  switch (operation.kind) {
    case 'preview':
      return operation.result ? { preview: operation.result } : {}
    case 'drift-check':
      return operation.result ? { drift: operation.result } : {}
    case 'delete':
      return operation.result ? { retained: operation.result.retained } : {}
    case 'create':
    case 'update':
      return {}
  }
}

/** An environment as the API shows it, with the newest operation that changes it. */
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
    links: {
      self,
      outputs: `${self}/outputs`,
      operations: `${self}/operations`,
      operation: operation ? `/operations/${operation.id}` : null
    }
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

export function presentEvent ({ id, operation_id: operationId, at, body }: EventRow): OperationEvent {
  return { id, operationId, at: at.toISOString(), event: body }
}
