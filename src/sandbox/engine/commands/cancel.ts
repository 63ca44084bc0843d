import { isOn } from '../args.ts'
import { EngineError } from '../errors.ts'
import { removeLocks } from '../state/locks.ts'
import type { Run } from './command.ts'
import { selectedStack } from './selection.ts'

/** Removes every lock of the stack. The processes that hold them are not notified. */
export const run: Run = async (context) => {
  const { files } = await selectedStack(context)
  if (!isOn(context.args, 'yes')) {
    throw new EngineError('--yes must be passed in to proceed when running in non-interactive mode')
  }
  await removeLocks(files)
  context.output.out(`The currently running update for '${files.stack}' has been canceled!\n`)
  return 0
}
