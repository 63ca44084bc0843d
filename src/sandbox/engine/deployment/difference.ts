import providerPb from '@pulumi/pulumi/proto/provider_pb.js'
import type { PropertyChange } from './step.ts'

/** A provider's verdict on old and new inputs. */
export interface Difference {
  changes: 'none' | 'some' | 'unknown'
  diffs: string[]
  /** Properties whose change needs a new resource. */
  replaces: string[]
  detailedDiff: Record<string, PropertyChange> | undefined
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

export function differenceOf (answer: providerPb.DiffResponse): Difference {
  const detailed = answer.getHasdetaileddiff() ? detailedOf(answer) : undefined
  const changes = answer.getChanges()
  return {
    changes: changes === DiffChanges.DIFF_NONE ? 'none' : changes === DiffChanges.DIFF_SOME ? 'some' : 'unknown',
    diffs: answer.getDiffsList(),
    replaces: answer.getReplacesList(),
    detailedDiff: detailed
  }
}

function detailedOf (answer: providerPb.DiffResponse): Record<string, PropertyChange> {
  const detailed: Record<string, PropertyChange> = {}
  answer.getDetaileddiffMap().forEach((change, path) => {
    detailed[path] = { diffKind: kinds[change.getKind()] ?? 'update', inputDiff: change.getInputdiff() }
  })
  return detailed
}
