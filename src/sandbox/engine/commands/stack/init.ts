import { EngineError, notImplemented } from '../../errors.ts'
import { readSettings, settingsPath, stackSecrets } from '../../project.ts'
import { emptyCheckpoint } from '../../state/checkpoint.ts'
import { ensureBackend, stackExists, stackFiles, writeAtomic } from '../../state/files.ts'
import type { Run } from '../command.ts'
import { namedStack } from '../selection.ts'

/** Creates an empty stack with a passphrase secrets provider. */
export const run: Run = async (context) => {
  const { root, project, stack } = await namedStack(context)
  const provider = context.args.flags.get('secrets-provider') ?? 'passphrase'
  if (provider !== 'passphrase' && provider !== 'default') throw notImplemented(`the secrets provider ${provider}`)
  const files = stackFiles(root, project.name, stack)
  if (stackExists(files)) throw new EngineError(`stack 'organization/${project.name}/${stack}' already exists`)
  await ensureBackend(root)
  try {
    await stackSecrets(context.environment, await readSettings(settingsPath(project, stack)), undefined)
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause
    throw new EngineError(
      `could not create secrets manager for new stack: ${cause.message.replace(/^.*secrets manager: /, '')}`,
      { cause }
    )
  }
  await writeAtomic(files.checkpoint, emptyCheckpoint(project.name, stack))
  context.output.out(`Created stack '${stack}'\n`)
  return 0
}
