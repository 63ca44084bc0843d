import providerPb from '@pulumi/pulumi/proto/provider_pb.js'
import { containsPath, parsePath } from '../../values/path.ts'
import type { PropertyChange } from './step.ts'

/** A provider's verdict on old and new inputs. */
export interface InputDifference {
  changes: 'none' | 'some' | 'unknown'
  diffs: string[]
  /** Properties whose change needs a new resource. */
  replaces: string[]
  detailedDiff: Record<string, PropertyChange> | undefined
  /** The provider can't have the old resource and the new one at the same time. */
  deleteBeforeReplace: boolean
}

const { DiffChanges } = providerPb.DiffResponse
const { Kind } = providerPb.PropertyDiff

const kinds: Record<number, PropertyChange['diffKind']> = {
  [Kind.ADD]: 'add',
  [Kind.ADD_REPLACE]: 'add-replace',
  [Kind.DELETE]: 'delete',
  [Kind.DELETE_REPLACE]: 'delete-replace',
  [Kind.UPDATE]: 'update',
  [Kind.UPDATE_REPLACE]: 'update-replace'
}

export function differenceOf (answer: providerPb.DiffResponse): InputDifference {
  const detailed = answer.getHasdetaileddiff() ? detailedOf(answer) : undefined
  const changes = answer.getChanges()
  return {
    changes: changes === DiffChanges.DIFF_NONE ? 'none' : changes === DiffChanges.DIFF_SOME ? 'some' : 'unknown',
    diffs: answer.getDiffsList(),
    replaces: answer.getReplacesList(),
    detailedDiff: detailed,
    deleteBeforeReplace: answer.getDeletebeforereplace()
  }
}

function detailedOf (answer: providerPb.DiffResponse): Record<string, PropertyChange> {
  const detailed: Record<string, PropertyChange> = {}
  answer.getDetaileddiffMap().forEach((change, path) => {
    detailed[path] = { diffKind: kinds[change.getKind()] ?? 'update', inputDiff: change.getInputdiff() }
  })
  return detailed
}

const replacing: Record<PropertyChange['diffKind'], PropertyChange['diffKind']> = {
  add: 'add-replace',
  'add-replace': 'add-replace',
  delete: 'delete-replace',
  'delete-replace': 'delete-replace',
  update: 'update-replace',
  'update-replace': 'update-replace'
}

const inverse: Record<PropertyChange['diffKind'], PropertyChange['diffKind']> = {
  add: 'delete',
  'add-replace': 'delete-replace',
  delete: 'add',
  'delete-replace': 'add-replace',
  update: 'update',
  'update-replace': 'update-replace'
}

/** The verdict on the way back: what was added is deleted. */
export const inverted = (difference: InputDifference): InputDifference => ({
  ...difference,
  detailedDiff: difference.detailedDiff && Object.fromEntries(Object.entries(difference.detailedDiff)
    .map(([path, change]) => [path, { ...change, diffKind: inverse[change.diffKind] }]))
})

/**
 * What the option names when an update after a failed create or update is to replace (step_generator.go,
 * initErrorSpecialKey).
 */
const failedBefore = '#initerror'

/**
 * The verdict with the changes that the option `replaceOnChanges` names as replacing ones (step_generator.go,
 * applyReplaceOnChanges).
 */
export function withReplaceOnChanges (
  difference: InputDifference,
  option: readonly string[],
  hasFailed: boolean
): InputDifference {
  if (option.length === 0 || (difference.changes !== 'some' && !hasFailed)) return difference
  const paths = option.map(parsePath)
  const covered = (path: string): boolean => paths.some((outer) => containsPath(outer, parsePath(path)))
  const { diffs, replaces, detailedDiff } = difference
  const failure = hasFailed && covered(failedBefore)
  return {
    ...difference,
    changes: failure ? 'some' : difference.changes,
    replaces: [...new Set([...replaces, ...diffs.filter(covered), ...(failure ? [failedBefore] : [])])],
    detailedDiff:
      detailedDiff &&
      Object.fromEntries(
        Object.entries(detailedDiff).map(([path, change]) => [
          path,
          covered(path) ? { ...change, diffKind: replacing[change.diffKind] } : change
        ])
      )
  }
}

/** Whether the verdict is that the resource can't be changed in place. */
export const needsReplacement = ({ changes, replaces, detailedDiff }: InputDifference): boolean =>
  changes === 'some' &&
  (replaces.length > 0 || Object.values(detailedDiff ?? {}).some(({ diffKind }) => diffKind.endsWith('-replace')))
