import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../../errors.ts'
import type { OperationKind } from '../../schemas/operation.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { insertOperation, unfinishedOf, type NewOperation } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, OperationRow } from '../../store/tables.ts'
import type { Caller } from '../access/caller.ts'
import type { Context } from '../context.ts'
import { once, type Idempotency } from '../preconditions/idempotency-key.ts'

/** Who asks, and what the request says beside its body. */
export interface Requester {
  readonly caller: Caller
  readonly requestId: string
  /** The preview that the write must carry out: its operation's id (`If-Preview`). */
  readonly ifPreview?: string | undefined
  readonly idempotency?: Idempotency | undefined
}

/**
 * The one transaction of a request that writes: whatever it stores and enqueues comes true together, once per Idempotency-Key.
 * @throws Refusal `idempotency-key-reused`
 */
export async function transact<Answer extends object> (
  { database }: Pick<Context, 'database'>, { idempotency }: Requester, work: (trx: Queryable) => Promise<Answer>
): Promise<Answer> {
  return database.db
    .transaction()
    .execute(async (trx) => (idempotency ? once(trx, idempotency, () => work(trx)) : work(trx)))
}

export type NewWork = Pick<NewOperation, 'input' | 'retryOf'> & {
  readonly environment: EnvironmentRow
  readonly kind: OperationKind
  readonly requestId: string
}

/** Stores an operation on an environment and has it delivered. */
export async function enqueueFor (
  context: Context,
  trx: Queryable,
  { environment, ...work }: NewWork
): Promise<OperationRow> {
  const { id: environmentId, team, generation } = environment
  return enqueue(context, trx, { ...work, id: context.ids.operation(), environmentId, team, generation })
}

/** @throws Refusal `operation-in-progress` when one that changes the environment waits already */
export async function enqueue (context: Context, trx: Queryable, operation: NewOperation): Promise<OperationRow> {
  const result = await insertOperation(trx, operation)
  if (result.outcome === 'busy') {
    throw new Refusal('operation-in-progress', 'another operation waits already', {
      operation: `/environments/${operation.environmentId}`
    })
  }
  await context.queue.enqueue(trx, result.operation.id)
  return result.operation
}

/** @throws Refusal `environment-deleted`, or `operation-in-progress` with a link to the operation that changes the environment */
export async function refuseBusy (trx: Queryable, { id, phase }: EnvironmentRow): Promise<void> {
  if (phase === 'deleted') throw new Refusal('environment-deleted', 'a new environment may have its name')
  const [operation] = await unfinishedOf(trx, id)
  if (operation) throw inProgress(operation)
}

/** Whether an operation under way was asked to stop: what it was to do will not come of it. */
export function isStopping ({ cancel_requested_at: asked }: OperationRow): boolean {
  return asked !== null
}

/** Whether a call says otherwise about what may be lost than the operation under way was asked with. */
export function overridesDiffer (
  operation: OperationRow,
  environment: EnvironmentRow,
  overrides: Partial<Deletion>
): boolean {
  const inForce = policyOf(operation, environment)
  return !isDeepStrictEqual({ ...inForce, ...overrides }, inForce)
}

/** What an operation may take with it. */
export function policyOf ({ input }: OperationRow, { resolved }: EnvironmentRow): Deletion {
  return input.deletion ?? resolved.deletion
}

/** @param more what else there is to say of the operation */
export function inProgress (
  operation: OperationRow,
  more = isStopping(operation) ? 'and was asked to stop' : ''
): Refusal {
  const { id, kind, state } = operation
  const detail = `a${kind === 'update' ? 'n' : ''} ${kind} of the environment is ${state} ${more}`.trimEnd()
  return new Refusal('operation-in-progress', detail, { operation: `/operations/${id}` })
}
