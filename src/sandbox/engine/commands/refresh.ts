import { isOn } from '../args.ts'
import { refresh } from '../deployment/refresh.ts'
import { notImplemented } from '../errors.ts'
import type { Run } from './command.ts'
import { runDeployment } from './deployment.ts'
import { selectedStack } from './selection.ts'

/** Takes into the state what has become of its resources. The program is not run. */
export const run: Run = async (context) => {
  const selection = await selectedStack(context)
  const preview = isOn(context.args, 'preview-only')
  // The CLI clears them in the state even then, which no preview should do.
  if (preview && isOn(context.args, 'clear-pending-creates')) {
    throw notImplemented('--clear-pending-creates with --preview-only')
  }
  const title = `${preview ? 'Previewing refresh' : 'Refreshing'} (${selection.files.stack}):`
  return runDeployment(context, selection, { kind: 'refresh', preview, title, work: refresh })
}
