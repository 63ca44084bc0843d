import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../../errors.ts'
import type { Environment } from '../../schemas/environment.ts'
import type { Deletion, ResolvedSpec, Spec } from '../../schemas/spec.ts'
import { resolveSpec } from '../../spec/resolve.ts'
import { changePhase, changeSpec, lockEnvironment } from '../../store/queries/environments.ts'
import { newestOperations, unfinishedOf } from '../../store/queries/operations.ts'
import { teamByName } from '../../store/queries/teams.ts'
import type { ApplyInput, EnvironmentRow, OperationRow } from '../../store/tables.ts'
import type { Requester } from '../access/requester.ts'
import { refuseOutside } from '../access/guardrails.ts'
import { PHASE_DURING, isDrifted, isReal, phaseBefore } from '../attempt/phases.ts'
import type { Context } from '../context.ts'
import { refuseStale, type Expected } from '../preconditions/if-match.ts'
import { previewOfChange } from '../preconditions/if-preview.ts'
import { presentEnvironment } from '../reads/present.ts'
import { enqueueFor, isStopping, overridesDiffer, refuseBusy, transact, type WriteScope } from './transaction.ts'

type Overrides = Pick<Partial<Deletion>, 'jobs'>

/** What a change is asked with. */
export interface Change {
  /** Makes the new spec of the present one, and checks it. */
  readonly spec: (present: EnvironmentRow) => Spec
  readonly ifMatch?: Expected
  /** What replaces parts of the spec's `deletion` for this call. */
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
 * @throws Refusal `precondition-failed`, `validation-failed`, `outside-guardrails`, `operation-in-progress`,
 *   `preview-outdated`
 */
export async function updateEnvironment (
  context: Context, requester: Requester, { id, ...change }: Change & { readonly id: string }
): Promise<Changed> {
  return transact(context, requester, async (scope) => {
    const environment = await lockEnvironment(scope.trx, id)
    if (!environment) throw new Refusal('not-found', `there is no environment ${id}`)
    return updateLocked(scope, environment, change)
  })
}

/** Updates an environment that is locked. */
export async function updateLocked (
  scope: WriteScope, environment: EnvironmentRow, change: Change
): Promise<Changed> {
  const { trx } = scope
  const { ifMatch, overrides = {} } = change
  await refuseStale(trx, environment, ifMatch)
  const spec = change.spec(environment)
  const resolved = resolveSpec(spec, environment.placement)
  const same = isDeepStrictEqual(spec, environment.spec)
  const [busy] = await unfinishedOf(trx, environment.id)
  const pursued = same && busy !== undefined && isPursuing(busy, environment, overrides)
  if (!pursued) await refuseBusy(trx, environment)
  const previewed = await previewOfChange(scope, environment, { spec, resolved })
  // A spec that is written otherwise and means the same is stored, and is real already. So is the present spec where a
  // default has changed since it was resolved.
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
    ...previewed,
    ...phaseBefore(environment),
    ...(overrides.jobs && { deletion: { ...resolved.deletion, ...overrides } })
  }
  return { environment: await enqueueUpdate(scope, environment, { spec, resolved, input }), accepted: true }
}

/**
 * Whether an operation in progress makes the environment what its spec says, with the policy that the call asks for; a
 * create ends no jobs, whatever its policy.
 */
function isPursuing (operation: OperationRow, environment: EnvironmentRow, overrides: Overrides): boolean {
  const { kind } = operation
  if (kind === 'delete' || isStopping(operation)) return false
  return kind === 'create' || !overridesDiffer(operation, environment, overrides)
}

interface Update {
  readonly spec: Spec
  readonly resolved: ResolvedSpec
  readonly input: ApplyInput
}

async function enqueueUpdate (
  scope: WriteScope, environment: EnvironmentRow, { spec, resolved, input }: Update
): Promise<Environment> {
  const { trx } = scope
  const { id, placement } = environment
  const same = isDeepStrictEqual(spec, environment.spec)
  const team = await teamByName(trx, environment.team)
  if (!same && team) refuseOutside(spec, placement, team.guardrails)
  const phase = PHASE_DURING.update
  const changed = same ? await changePhase(trx, id, phase) : await changeSpec(trx, id, { spec, resolved, phase })
  return presentEnvironment(changed, await enqueueFor(scope, { environment: changed, kind: 'update', input }))
}
