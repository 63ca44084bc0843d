import { Refusal, operationError } from '../../errors.ts'
import type { Environment } from '../../schemas/environment.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { changePhase, lockEnvironment } from '../../store/queries/environments.ts'
import { newestOperations, requestCancel, retainedBefore, unfinishedOf } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, OperationRow } from '../../store/tables.ts'
import type { Requester } from '../access/requester.ts'
import { PHASE_DURING, phaseBefore } from '../attempt/phases.ts'
import { recordCancelled } from '../attempt/settlement.ts'
import type { Context } from '../context.ts'
import { refuseStale, type Expected } from '../preconditions/if-match.ts'
import { presentEnvironment } from '../reads/present.ts'
import { visibleEnvironment } from '../reads/queries.ts'
import {
  enqueueFor,
  inProgress,
  isStopping,
  overridesDiffer,
  policyOf,
  transact,
  type WriteScope
} from './transaction.ts'

/** What a deletion is asked with. */
export interface Removal {
  readonly id: string
  /** What replaces parts of the spec's `deletion` for this call. */
  readonly overrides?: Partial<Deletion>
  readonly ifMatch?: Expected
}

const REASON = 'the environment is to be deleted'

/**
 * Asks for an environment to be torn down, in any phase: a create or update that waits is cancelled at once, one that
 * runs is asked to stop and the delete follows it, as it follows a delete that was cancelled. Repeating the request
 * answers with the delete that is in progress.
 * @throws Refusal `precondition-failed`, `deletion-protected`, `operation-in-progress` when that one has another policy
 */
export async function deleteEnvironment (
  context: Context, requester: Requester, { id, overrides = {}, ifMatch }: Removal
): Promise<Environment> {
  await visibleEnvironment(context, requester.caller, id)
  return transact(context, requester, async (scope) => {
    const { trx } = scope
    const environment = await lockEnvironment(trx, id)
    if (!environment) throw new Refusal('not-found', `there is no environment ${id}`)
    await refuseStale(trx, environment, ifMatch)
    const unfinished = await unfinishedOf(trx, id)
    const deleting = unfinished.find((operation) => operation.kind === 'delete' && !isStopping(operation))
    if (deleting) return presentEnvironment(environment, refuseOtherPolicy(deleting, environment, overrides))
    if (environment.phase === 'deleted') {
      return presentEnvironment(environment, (await newestOperations(trx, [id])).get(id))
    }
    return enqueueDelete(scope, environment, { unfinished, overrides })
  })
}

/** The delete in progress. @throws Refusal `operation-in-progress` where the call's policy is another */
function refuseOtherPolicy (
  deleting: OperationRow, environment: EnvironmentRow, overrides: Partial<Deletion>
): OperationRow {
  if (!overridesDiffer(deleting, environment, overrides)) return deleting
  const inForce = Object.entries(policyOf(deleting, environment)).map(([name, value]) => `${name}=${value}`).join('&')
  throw inProgress(deleting, `with ?${inForce}; cancel it to say otherwise`)
}

interface Delete {
  readonly unfinished: readonly OperationRow[]
  readonly overrides: Partial<Deletion>
}

async function enqueueDelete (
  scope: WriteScope, environment: EnvironmentRow, { unfinished, overrides }: Delete
): Promise<Environment> {
  const { trx } = scope
  const deletion = { ...environment.resolved.deletion, ...overrides }
  if (deletion.protected) {
    const detail = 'set deletion.protected to false in its spec first, or say ?protected=false'
    throw new Refusal('deletion-protected', detail)
  }
  for (const operation of unfinished) await cancelForDelete(trx, operation)
  const input = { deletion, ...phaseBefore(environment), ...(await retainedBefore(trx, environment.id)) }
  const operation = await enqueueFor(scope, { environment, kind: 'delete', input })
  return presentEnvironment(await changePhase(trx, environment.id, PHASE_DURING.delete), operation)
}

async function cancelForDelete (trx: Queryable, { id }: OperationRow): Promise<void> {
  const cancelled = await requestCancel(trx, id, operationError('cancelled', REASON))
  if (cancelled?.state === 'cancelled') await recordCancelled(trx, cancelled, REASON)
}
