import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../../errors.ts'
import type { PreviewResult } from '../../schemas/operation.ts'
import { changedSince, operationById } from '../../store/queries/operations.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow, OperationRow, PreviewInput } from '../../store/tables.ts'
import { teamOf } from '../access/caller.ts'
import type { Context } from '../context.ts'
import type { Requester } from '../commands/transaction.ts'

type Wanted = Pick<PreviewInput, 'spec' | 'resolved' | 'placement'>

export function outdated (reason: string): Refusal {
  return new Refusal('preview-outdated', `${reason}; make a new preview and look at it first`)
}

/**
 * The preview an If-Preview names, if it stands: it succeeded, was made by this version of the program, and is of this spec.
 * @throws Refusal `not-found`, `preview-not-ready`, `preview-outdated`
 */
async function standing (
  { programVersion }: Context, trx: Queryable, { caller, ifPreview }: Requester, wanted: Wanted
): Promise<{ operation: OperationRow, input: PreviewInput, result: PreviewResult } | undefined> {
  if (ifPreview === undefined) return undefined
  const operation = await operationById(trx, ifPreview)
  const visible = teamOf(caller)
  const input = operation?.input.preview
  if (!operation || !input || (visible !== undefined && visible !== operation.team)) {
    throw new Refusal('not-found', `there is no preview ${ifPreview}`)
  }
  const { result } = operation
  if (operation.state !== 'succeeded' || !result || !('programVersion' in result)) {
    throw new Refusal('preview-not-ready', `the preview is ${operation.state}`, {
      operation: `/operations/${operation.id}`
    })
  }
  if (result.programVersion !== programVersion) throw outdated('the program of environments has changed')
  if (!isDeepStrictEqual(input.spec, wanted.spec)) throw outdated('the preview is of another spec')
  if (!isDeepStrictEqual([input.resolved, input.placement], [wanted.resolved, wanted.placement])) {
    throw outdated('what the spec resolves to has changed')
  }
  return { operation, input, result }
}

/** What a creation must keep to; undefined where no preview is named. */
export async function previewOfCreation (
  context: Context,
  trx: Queryable,
  requester: Requester,
  wanted: Wanted
): Promise<PreviewInput | undefined> {
  const preview = await standing(context, trx, requester, wanted)
  if (preview && preview.input.generation !== null) throw outdated('the preview is of a change')
  return preview?.input
}

/** The state a change must find, and whether it repairs what has drifted; undefined where no preview is named. */
export async function previewOfChange (
  context: Context,
  trx: Queryable,
  requester: Requester,
  { environment, ...wanted }: Pick<Wanted, 'spec' | 'resolved'> & { environment: EnvironmentRow }
): Promise<{ expectState: string, repair: boolean } | undefined> {
  const { id, generation, placement } = environment
  const preview = await standing(context, trx, requester, { ...wanted, placement })
  if (!preview) return undefined
  const { operation, input, result } = preview
  if (input.environmentId !== id || input.generation === null) throw outdated('the preview is of another environment')
  if (input.generation !== generation) {
    throw outdated(`the spec has changed: it is generation ${generation}, the preview is of ${input.generation}`)
  }
  if (await changedSince(trx, id, operation.started_at ?? operation.created_at)) {
    throw outdated('an operation has changed the environment since')
  }
  return { expectState: result.stateFingerprint, repair: result.repairsDrift }
}
