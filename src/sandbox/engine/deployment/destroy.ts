import { deleteAll } from './planning/deletions.ts'
import type { DeploymentWork } from './deployment.ts'

/** Deletes every resource of the stack, dependents first. */
export const destroy: DeploymentWork = async ({ base, executor }) => deleteAll(base, executor)
