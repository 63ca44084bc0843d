import { rm } from 'node:fs/promises'
import { isOn } from '../../args.ts'
import { EngineError } from '../../errors.ts'
import { existingCheckpoint, settingsPath } from '../../project.ts'
import { keepAs, removeFile } from '../../state/files.ts'
import { lockStack } from '../../state/locks.ts'
import type { Run } from '../command.ts'
import { selectedStack } from '../selection.ts'

/** Removes a stack's state and history. The previous checkpoint and the backups stay, as with the real engine. */
export const run: Run = async (context) => {
  const { project, files } = await selectedStack(context)
  if (!isOn(context.args, 'yes')) {
    throw new EngineError('--yes must be passed in to proceed when running in non-interactive mode')
  }
  const lock = await lockStack(files)
  try {
    const checkpoint = await existingCheckpoint(files)
    if (checkpoint.resources.length > 0 && !isOn(context.args, 'force')) throw stillHasResources(files.stack)
    await keepAs(files.checkpoint, files.previous)
    await removeFile(files.checkpoint)
    await rm(files.history, { recursive: true, force: true })
    if (!isOn(context.args, 'preserve-config')) await removeFile(settingsPath(project, files.stack))
  } finally {
    await lock.release()
  }
  context.output.out(`Stack '${files.stack}' has been removed!\n`)
  return 0
}

const stillHasResources = (stack: string): EngineError => new EngineError(
  `'${stack}' still has resources; removal rejected. Possible actions:\n` +
  `- Make sure that '${stack}' is the stack that you want to destroy\n` +
  '- Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`\n' +
  '- Run `pulumi stack rm --force` to override this error')
