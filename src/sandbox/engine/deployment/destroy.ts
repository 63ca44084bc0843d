import { deleteAll, refuseProtected } from './deletions.ts'
import type { Work } from './deployment.ts'

/** Deletes every resource of the stack, dependents first. */
export const destroy: Work = async ({ base, executor }) => {
  refuseProtected(base)
  return deleteAll(base, executor)
}
