import { prerequisitesOf } from '../../state/resource.ts'
import type { ResourceState } from '../../state/resource.ts'
import { StepFailed } from '../executor.ts'
import type { Executor } from '../executor.ts'
import { Stopped } from '../stop.ts'

/**
 * Deletes resources, each as soon as everything that needs it is gone, the others beside it. Resources keep their place
 * in `resources`: of two with the same URN (one is waiting to be deleted after a replacement) both are handled.
 * @returns whether every one was deleted
 */
export async function deleteAll (resources: readonly ResourceState[], executor: Executor): Promise<boolean> {
  executor.expectDeletions(resources)
  const done = new Map<ResourceState, Promise<boolean>>()
  // A dependent stands behind what it needs in a checkpoint, so going backwards every dependent's promise is already
  // there.
  for (const state of [...resources].reverse()) {
    const dependents = resources.filter((other) => other !== state && prerequisitesOf(other).has(state.urn))
    const waits = dependents.map((other) => done.get(other)).filter((promise) => promise !== undefined)
    done.set(state, deleteAfter(state, waits, executor))
  }
  const results = await Promise.all(done.values())
  return results.every((deleted) => deleted)
}

async function deleteAfter (
  state: ResourceState,
  dependents: Array<Promise<boolean>>,
  executor: Executor
): Promise<boolean> {
  const gone = await Promise.all(dependents)
  if (gone.includes(false)) return false
  try {
    if (state.pendingReplacement) await executor.run({ kind: 'forget', old: state })
    else await executor.run({ kind: 'delete', old: state, replaced: state.delete, keep: false })
    return true
  } catch (error) {
    if (error instanceof StepFailed || error instanceof Stopped) return false
    throw error
  }
}
