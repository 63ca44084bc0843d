import { update } from '../deployment/update.ts'
import { EngineError } from '../errors.ts'
import type { Run } from './command.ts'
import { runDeployment } from './deployment.ts'
import { selectedStack } from './selection.ts'

/** Brings about what an inline program wants. Programs with a language host of their own are not run. */
export const run: Run = async (context) => {
  const client = context.args.flags.get('client')
  if (client === undefined) throw new EngineError('the sandbox engine runs inline programs only: --client is missing')
  const selection = await selectedStack(context)
  const { directory, main } = selection.project
  return runDeployment(context, selection, {
    kind: 'update', title: `Updating (${selection.files.stack}):`, work: update({ client, directory, main })
  })
}
