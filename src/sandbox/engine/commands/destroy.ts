import { destroy } from '../deployment/destroy.ts'
import type { Run } from './command.ts'
import { runDeployment } from './deployment.ts'
import { selectedStack } from './selection.ts'

/** Deletes every resource of a stack. The program is not run. */
export const run: Run = async (context) => {
  const selection = await selectedStack(context)
  return runDeployment(context, selection, { kind: 'destroy', title: `Destroying (${selection.files.stack}):`, work: destroy })
}
