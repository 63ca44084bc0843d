import type { Run } from './command.ts'
import { runInline } from './up.ts'

/** Tells what `up` would do with an inline program, and does nothing. */
export const run: Run = async (context) => runInline(context, true)
