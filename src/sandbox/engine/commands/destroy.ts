import { destroy } from '../deployment/destroy.ts'
import { isOn } from '../args.ts'
import type { Run } from './command.ts'
import { runDeployment } from './deployment.ts'
import { selectedStack } from './selection.ts'

/** Deletes every resource of a stack. The program is not run. */
export const run: Run = async (context) => {
  const selection = await selectedStack(context)
  const preview = isOn(context.args, 'preview-only')
  const title = `${preview ? 'Previewing destroy' : 'Destroying'} (${selection.files.stack}):`
  return runDeployment(context, selection, { kind: 'destroy', preview, title, work: destroy })
}
