import type { OperationKind } from '../../src/schemas/operation.ts'
import type { OperationError } from '../../src/schemas/problem.ts'
import type { ResolvedSpec } from '../../src/schemas/spec.ts'
import { insertEnvironment } from '../../src/store/environments.ts'
import { createIds } from '../../src/store/ids.ts'
import { claimOperation } from '../../src/store/attempts.ts'
import { insertOperation } from '../../src/store/operations.ts'
import type { Fence, Queryable } from '../../src/store/sql.ts'
import type { EnvironmentRow, OperationRow } from '../../src/store/tables.ts'
import { addTeam } from '../../src/store/teams.ts'

export const ids = createIds()

const image = 'public.ecr.aws/docker/library/python:3.13'

function resolvedSpec (team: string, name: string): ResolvedSpec {
  return {
    team,
    name,
    region: 'eu-central-1',
    labels: {},
    compute: { default: { type: 'FARGATE_SPOT', maxVcpus: 100 } },
    queues: { default: { priority: 1 } },
    jobs: { default: { image, command: [], environment: {}, vcpus: 0.25, memoryMiB: 512, timeoutSeconds: 3600, attempts: 3 } },
    service: { image, cpu: 256, memoryMiB: 512, desiredCount: 0 },
    network: { subnets: null, securityGroups: null, assignPublicIp: true },
    logs: { retentionDays: 30 },
    deletion: { protected: false, bucket: 'refuse', jobs: 'refuse', logs: 'delete' },
    driftIgnore: { tagKeys: [], tagKeyPrefixes: [] }
  }
}

export async function givenTeam (db: Queryable, name: string): Promise<void> {
  await addTeam(db, { name, placement: { region: 'eu-central-1' }, guardrails: {} })
}

/** Adds an environment, and its team if need be. */
export async function givenEnvironment (db: Queryable, values: { team?: string, name?: string, id?: string } = {}): Promise<EnvironmentRow> {
  const { team = 'vision', name = 'training', id = ids.environment() } = values
  await givenTeam(db, team)
  const result = await insertEnvironment(db, {
    id, team, name, cloud: 'sandbox', placement: { region: 'eu-central-1' }, spec: { team, name, jobs: { default: { image } } }, resolved: resolvedSpec(team, name)
  })
  if (result.outcome !== 'inserted') throw new Error(`environment ${name}: ${result.outcome}`)
  return result.environment
}

export async function givenOperation (db: Queryable, environmentId: string, kind: OperationKind = 'create', team = 'vision'): Promise<OperationRow> {
  const result = await insertOperation(db, { id: ids.operation(), environmentId, team, kind, generation: 1, requestId: null })
  if (result.outcome !== 'inserted') throw new Error(`operation ${kind}: ${result.outcome}`)
  return result.operation
}

/** Claims the operation and returns the fence of the attempt. */
export async function givenClaim (db: Queryable, id: string, leaseSeconds = 60): Promise<Fence> {
  const result = await claimOperation(db, id, { worker: 'worker-1', leaseSeconds })
  if (result.outcome !== 'claimed') throw new Error(`claim: ${result.outcome}`)
  return { operationId: id, attempt: result.operation.attempt }
}

export const failure: OperationError = {
  type: 'urn:batchyard:problem:cancelled', title: 'The operation was cancelled', detail: 'cancelled', code: 'cancelled', retryable: true, next: 'Send the request again.'
}
