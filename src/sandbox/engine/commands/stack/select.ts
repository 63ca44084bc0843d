import type { Run } from '../command.ts'
import { selectedStack } from '../selection.ts'

/** Says whether the stack exists. No current stack is remembered: every command of the Automation API names its own. */
export const run: Run = async (context) => {
  await selectedStack(context)
  return 0
}
