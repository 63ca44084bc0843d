import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../../errors.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { environmentById } from '../../store/queries/environments.ts'
import { insertOperation, unfinishedOf, type NewOperation } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, KindAndInput, OperationRow } from '../../store/tables.ts'
import type { Requester } from '../access/requester.ts'
import type { Context } from '../context.ts'
import { answerOnce } from '../preconditions/idempotency-key.ts'

/** What a request that writes does its work with, in its transaction. */
export interface WriteScope {
  readonly context: Context
  readonly requester: Requester
  readonly trx: Queryable
}

/**
 * The one transaction of a request that writes: whatever it stores and enqueues is committed together, once for each
 * Idempotency-Key.
 * @throws Refusal `idempotency-key-reused`
 */
export async function transact<Answer extends object> (
  context: Context, requester: Requester, work: (scope: WriteScope) => Promise<Answer>
): Promise<Answer> {
  const { idempotency } = requester
  return context.database.db.transaction().execute(async (trx) => {
    const scope = { context, requester, trx }
    return idempotency ? answerOnce(trx, idempotency, () => work(scope)) : work(scope)
  })
}

export type NewWork = KindAndInput & Pick<NewOperation, 'retryOf'> & { readonly environment: EnvironmentRow }

/** Stores an operation on an environment and has it delivered. */
export async function enqueueFor (scope: WriteScope, { environment, ...work }: NewWork): Promise<OperationRow> {
  const { id: environmentId, team, generation } = environment
  const { context, requester: { requestId } } = scope
  return enqueue(scope, { ...work, id: context.ids.operation(), environmentId, team, generation, requestId })
}

/** @throws Refusal `operation-in-progress` when one that changes the environment is queued already */
export async function enqueue ({ context, trx }: WriteScope, operation: NewOperation): Promise<OperationRow> {
  const result = await insertOperation(trx, operation)
  if (result.outcome === 'busy') {
    throw new Refusal('operation-in-progress', 'another operation waits already', {
      operation: `/environments/${operation.environmentId}`
    })
  }
  await context.queue.enqueue(trx, result.operation.id)
  return result.operation
}

/**
 * @throws Refusal `environment-deleted`, or `operation-in-progress` with a link to the operation that changes the
 *   environment
 */
export async function refuseBusy (trx: Queryable, { id, phase }: EnvironmentRow): Promise<void> {
  if (phase === 'deleted') throw new Refusal('environment-deleted', 'a new environment may have its name')
  const [operation] = await unfinishedOf(trx, id)
  if (operation) throw inProgress(operation)
}

/** The environment a preview or a drift check is of. @throws Refusal `not-found`, `environment-deleted` */
export async function environmentToRead (trx: Queryable, id: string): Promise<EnvironmentRow> {
  const environment = await environmentById(trx, id)
  if (!environment) throw new Refusal('not-found', `there is no environment ${id}`)
  if (environment.phase === 'deleted') throw new Refusal('environment-deleted', 'nothing of it is left to look at')
  return environment
}

/** Whether an unfinished operation was asked to stop, so that it will not do what it was to do. */
export function isStopping ({ cancel_requested_at: asked }: OperationRow): boolean {
  return asked !== null
}

/** Whether a call's overrides differ from the deletion policy of the operation in progress. */
export function overridesDiffer (
  operation: OperationRow, environment: EnvironmentRow, overrides: Partial<Deletion>
): boolean {
  const inForce = policyOf(operation, environment)
  return !isDeepStrictEqual({ ...inForce, ...overrides }, inForce)
}

/** What an operation may delete, by its own policy or the spec's. */
export function policyOf ({ kind, input }: OperationRow, { resolved }: EnvironmentRow): Deletion {
  const own = kind === 'preview' || kind === 'drift-check' ? undefined : input.deletion
  return own ?? resolved.deletion
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
