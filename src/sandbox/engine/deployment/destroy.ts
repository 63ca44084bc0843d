import { deleteAll } from './planning/deletions.ts'
import type { Work } from './deployment.ts'

/** Deletes every resource of the stack, dependents first. */
export const destroy: Work = async ({ base, executor }) => deleteAll(base, executor)
