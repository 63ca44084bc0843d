import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../../errors.ts'
import type { PreviewResult } from '../../schemas/operation.ts'
import { changedSince, operationById } from '../../store/queries/operations.ts'
import type { EnvironmentRow, OperationRow, PreviewInput } from '../../store/tables.ts'
import { teamOf } from '../access/caller.ts'
import type { WriteScope } from '../commands/transaction.ts'

type Wanted = Pick<PreviewInput, 'spec' | 'resolved' | 'placement'>

export function outdated (reason: string): Refusal {
  return new Refusal('preview-outdated', `${reason}; make a new preview and look at it first`)
}

interface ValidPreview {
  readonly operation: OperationRow
  readonly input: PreviewInput
  readonly result: PreviewResult
}

/**
 * The preview an If-Preview names, if it is valid: it succeeded, was made by this version of the program, and is of
 * this spec.
 * @throws Refusal `not-found`, `preview-not-ready`, `preview-outdated`
 */
async function validPreview (
  { context: { programVersion }, trx, requester: { caller, ifPreview } }: WriteScope, wanted: Wanted
): Promise<ValidPreview | undefined> {
  if (ifPreview === undefined) return undefined
  const operation = await operationById(trx, ifPreview)
  const visible = teamOf(caller)
  if (operation?.kind !== 'preview' || (visible !== undefined && visible !== operation.team)) {
    throw new Refusal('not-found', `there is no preview ${ifPreview}`)
  }
  const { result, input: { preview: input } } = operation
  if (operation.state !== 'succeeded' || !result) {
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

/** What a creation must be like; undefined where no preview is named. */
export async function previewOfCreation (scope: WriteScope, wanted: Wanted): Promise<PreviewInput | undefined> {
  const preview = await validPreview(scope, wanted)
  if (preview && preview.input.generation !== null) throw outdated('the preview is of a change')
  return preview?.input
}

/** The state a change must find, and whether it repairs what has drifted; undefined where no preview is named. */
export async function previewOfChange (
  scope: WriteScope, { id, generation, placement }: EnvironmentRow, wanted: Pick<Wanted, 'spec' | 'resolved'>
): Promise<{ expectState: string, repair: boolean } | undefined> {
  const preview = await validPreview(scope, { ...wanted, placement })
  if (!preview) return undefined
  const { operation, input, result } = preview
  if (input.environmentId !== id || input.generation === null) throw outdated('the preview is of another environment')
  if (input.generation !== generation) {
    throw outdated(`the spec has changed: it is generation ${generation}, the preview is of ${input.generation}`)
  }
  if (await changedSince(scope.trx, id, operation.started_at ?? operation.created_at)) {
    throw outdated('an operation has changed the environment since')
  }
  return { expectState: result.stateFingerprint, repair: result.repairsDrift }
}
