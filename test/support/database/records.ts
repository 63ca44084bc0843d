import { sql } from 'kysely'
import type { OperationKind } from '../../../src/schemas/operation.ts'
import { operationError } from '../../../src/errors.ts'
import type { ResolvedSpec } from '../../../src/schemas/spec.ts'
import { insertEnvironment } from '../../../src/store/queries/environments.ts'
import { createIds } from '../../../src/store/ids.ts'
import { insertOperation, type NewOperation } from '../../../src/store/queries/operations.ts'
import type { Claim } from '../../../src/store/queries/claims.ts'
import type { Fence, Queryable } from '../../../src/store/sql.ts'
import type { EnvironmentRow, OperationRow, PreviewInput } from '../../../src/store/tables.ts'
import { addTeam } from '../../../src/store/queries/teams.ts'

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
    jobs: {
      default: { image, command: [], environment: {}, vcpus: 0.25, memoryMiB: 512, timeoutSeconds: 3600, attempts: 3 }
    },
    service: { image, cpu: 256, memoryMiB: 512, desiredCount: 0 },
    network: { subnets: null, securityGroups: null, assignPublicIp: true },
    logs: { retentionDays: 30 },
    deletion: { protected: false, bucket: 'refuse', jobs: 'refuse', logs: 'delete' },
    driftIgnore: { tagKeys: [], tagKeyPrefixes: [] }
  }
}

/** What a preview of an environment that does not exist yet is asked with. */
export const PREVIEW: PreviewInput = {
  environmentId: ids.environment(),
  generation: null,
  spec: { team: 'vision', name: 'training', jobs: { default: { image } } },
  resolved: resolvedSpec('vision', 'training'),
  placement: { region: 'eu-central-1' }
}

export async function givenTeam (db: Queryable, name: string): Promise<void> {
  await addTeam(db, { name, placement: { region: 'eu-central-1' }, guardrails: {} })
}

/** Adds an environment, and its team if need be. */
export async function givenEnvironment (
  db: Queryable,
  values: { team?: string, name?: string, id?: string } = {}
): Promise<EnvironmentRow> {
  const { team = 'vision', name = 'training', id = ids.environment() } = values
  await givenTeam(db, team)
  const result = await insertEnvironment(db, {
    id,
    team,
    name,
    cloud: 'sandbox',
    placement: { region: 'eu-central-1' },
    spec: { team, name, jobs: { default: { image } } },
    resolved: resolvedSpec(team, name)
  })
  if (result.outcome !== 'inserted') throw new Error(`environment ${name}: ${result.outcome}`)
  return result.environment
}

export async function givenOperation (
  db: Queryable,
  environmentId: string,
  kind: OperationKind = 'create',
  team = 'vision'
): Promise<OperationRow> {
  const result = await insertOperation(db, {
    id: ids.operation(),
    environmentId,
    team,
    kind,
    generation: 1,
    requestId: null,
    input: kind === 'preview' ? { preview: PREVIEW } : {}
  } as NewOperation)
  if (result.outcome !== 'inserted') throw new Error(`operation ${kind}: ${result.outcome}`)
  return result.operation
}

/** Has this very operation run by somebody, whosever turn it is, and returns the fence of the attempt. */
export async function givenClaim (db: Queryable, id: string, leaseSeconds = 60): Promise<Fence> {
  const {
    rows: [row]
  } = await sql<{ attempt: number }>`
    update operations set state = 'running', attempt = attempt + 1, worker = 'worker-1',
      started_at = coalesce(started_at, clock_timestamp()),
      lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
    where id = ${id} and (state = 'queued' or lease_until < clock_timestamp()) returning attempt`.execute(db)
  if (!row) throw new Error(`operation ${id} cannot be claimed`)
  return { operationId: id, attempt: row.attempt }
}

/** How this host's workers claim in tests. */
export const CLAIM: Claim = { worker: 'worker-2', host: 'here', leaseSeconds: 60, hostGoneSeconds: 600, teamLimit: 0 }

export const failure = operationError('cancelled', 'cancelled')
