import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../../errors.ts'
import type { Environment } from '../../schemas/environment.ts'
import type { Deletion, ResolvedSpec, Spec } from '../../schemas/spec.ts'
import { resolveSpec } from '../../spec/resolve.ts'
import { changePhase, changeSpec, lockEnvironment } from '../../store/queries/environments.ts'
import { newestOperations, unfinishedOf } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, OperationInput, OperationRow } from '../../store/tables.ts'
import { teamByName } from '../../store/queries/teams.ts'
import type { Context } from '../context.ts'
import { presentEnvironment } from '../reads/present.ts'
import { PHASE_DURING, isDrifted, isReal, phaseBefore } from '../attempt/phases.ts'
import { refuseStale, type Expected } from '../preconditions/if-match.ts'
import { previewOfChange } from '../preconditions/if-preview.ts'
import { refuseOutside } from '../access/guardrails.ts'
import { enqueueFor, isStopping, refuseBusy, overridesDiffer, transact, type Requester } from './transaction.ts'

type Overrides = Pick<Partial<Deletion>, 'jobs'>

/** What a change is asked with. */
export interface Change {
  /** Makes the new spec of the present one; checked by then. */
  readonly spec: (present: EnvironmentRow) => Spec
  readonly ifMatch?: Expected
  /** What the spec's `deletion` says otherwise, for this call. */
  readonly overrides?: Overrides
}

export interface Changed {
  readonly environment: Environment
  /** Whether an operation was begun. */
  readonly accepted: boolean
}

/**
 * Gives an environment a new spec and enqueues the update that makes it real. A spec that means the same begins no
 * operation, unless what is there is not what the spec says: the last change failed, or a drift check found something.
 * @throws Refusal `precondition-failed`, `validation-failed`, `outside-guardrails`, `operation-in-progress`, `preview-outdated`
 */
export async function updateEnvironment (
  context: Context,
  requester: Requester,
  id: string,
  change: Change
): Promise<Changed> {
  return transact(context, requester, async (trx) => {
    const environment = await lockEnvironment(trx, id)
    if (!environment) throw new Refusal('not-found', `there is no environment ${id}`)
    return updateLocked(context, trx, requester, { environment, change })
  })
}

/** The transaction's part of it, once the environment is locked. */
export async function updateLocked (
  context: Context,
  trx: Queryable,
  requester: Requester,
  { environment, change }: { environment: EnvironmentRow, change: Change }
): Promise<Changed> {
  const { ifMatch, overrides = {} } = change
  await refuseStale(trx, environment, ifMatch)
  const spec = change.spec(environment)
  const resolved = resolveSpec(spec, environment.placement)
  const same = isDeepStrictEqual(spec, environment.spec)
  const [busy] = await unfinishedOf(trx, environment.id)
  const pursued = same && busy !== undefined && isPursuing(busy, environment, overrides)
  if (!pursued) await refuseBusy(trx, environment)
  const bound = await previewOfChange(context, trx, requester, { environment, spec, resolved })
  // Other words that mean the same are kept, and are real already. The present words are so even where defaults are others by now.
  const isThere =
    (same || isDeepStrictEqual(resolved, environment.resolved)) && isReal(environment) && !isDrifted(environment)
  if (pursued || isThere) {
    const newest = busy ?? (await newestOperations(trx, [environment.id])).get(environment.id)
    const kept = same
      ? environment
      : await changeSpec(trx, environment.id, { spec, resolved, phase: 'ready', isReal: true })
    return { environment: presentEnvironment(kept, newest), accepted: false }
  }
  const input = {
    ...bound,
    ...phaseBefore(environment),
    ...(overrides.jobs && { deletion: { ...resolved.deletion, ...overrides } })
  }
  return { environment: await update(context, trx, requester, { environment, spec, resolved, input }), accepted: true }
}

/** Whether an operation under way makes the environment what its spec says, in the way the call asks for; a create ends no jobs. */
function isPursuing (operation: OperationRow, environment: EnvironmentRow, overrides: Overrides): boolean {
  const { kind } = operation
  return (
    kind !== 'delete' &&
    !isStopping(operation) &&
    (kind === 'create' || !overridesDiffer(operation, environment, overrides))
  )
}

interface Update {
  readonly environment: EnvironmentRow
  readonly spec: Spec
  readonly resolved: ResolvedSpec
  readonly input: OperationInput
}

async function update (
  context: Context,
  trx: Queryable,
  requester: Requester,
  { environment, spec, resolved, input }: Update
): Promise<Environment> {
  const { id, placement } = environment
  const same = isDeepStrictEqual(spec, environment.spec)
  const team = await teamByName(trx, environment.team)
  if (!same && team) refuseOutside(spec, placement, team.guardrails)
  const phase = PHASE_DURING.update
  const changed = same ? await changePhase(trx, id, phase) : await changeSpec(trx, id, { spec, resolved, phase })
  const operation = await enqueueFor(context, trx, {
    environment: changed,
    kind: 'update',
    requestId: requester.requestId,
    input
  })
  return presentEnvironment(changed, operation)
}
