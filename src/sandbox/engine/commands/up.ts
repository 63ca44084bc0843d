import { updateFromProgram } from '../deployment/update.ts'
import { EngineError } from '../errors.ts'
import type { CommandContext, Run } from './command.ts'
import { runDeployment } from './deployment.ts'
import { selectedStack } from './selection.ts'

/** Brings about what an inline program wants. Programs with a language host of their own are not run. */
export const run: Run = async (context) => runInline(context, false)

/** @throws EngineError if no program is being served */
export async function runInline (context: CommandContext, preview: boolean): Promise<number> {
  const client = context.args.flags.get('client')
  if (client === undefined) throw new EngineError('the sandbox engine runs inline programs only: --client is missing')
  const selection = await selectedStack(context)
  const { directory, main } = selection.project
  return runDeployment(context, selection, {
    kind: 'update',
    preview,
    title: `${preview ? 'Previewing update' : 'Updating'} (${selection.files.stack}):`,
    work: updateFromProgram({ client, directory, main })
  })
}
