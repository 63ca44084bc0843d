import { isOn } from '../../args.ts'
import { notImplemented } from '../../errors.ts'
import { checkpointSecrets, existingCheckpoint } from '../../project.ts'
import { rootHasSecrets, rootOutputs } from '../../state/checkpoint.ts'
import type { Decrypt } from '../../values/json.ts'
import { toPlain } from '../../values/json.ts'
import type { Run } from '../command.ts'
import { selectedStack } from '../selection.ts'

/** A secret that is only going to be shown as `[secret]` need not be decrypted, nor the key be derived. */
const hidden: Decrypt = () => 'null'

/** The stack's outputs; secrets in clear text only with `--show-secrets`. */
export const run: Run = async (context) => {
  if (!isOn(context.args, 'json')) throw notImplemented('stack output without --json')
  const { files } = await selectedStack(context)
  const checkpoint = await existingCheckpoint(files)
  const showSecrets = isOn(context.args, 'show-secrets')
  const reveals = showSecrets && rootHasSecrets(checkpoint)
  const decrypt = reveals
    ? (await (await checkpointSecrets(context.environment, checkpoint)).crypter()).decrypt
    : hidden
  context.output.out(`${JSON.stringify(toPlain(rootOutputs(checkpoint, decrypt), showSecrets), null, 2)}\n`)
  return 0
}
