import { writeFile } from 'node:fs/promises'
import { isOn } from '../../args.ts'
import { checkpointSecrets, readSettings, settingsPath, stackSecrets } from '../../project.ts'
import {
  checkpointText,
  checkpointVersion,
  decrypterFor,
  deploymentJson,
  parseDeployment
} from '../../state/checkpoint.ts'
import { existingText } from '../../state/files.ts'
import { revealed } from '../../values/json.ts'
import type { JsonObject } from '../../values/json.ts'
import type { CommandContext, Run } from '../command.ts'
import { selectedStack } from '../selection.ts'
import type { Selection } from '../selection.ts'

/** The deployment of the checkpoint, pending operations too; secrets in clear text only with `--show-secrets`. */
export const run: Run = async (context) => {
  const { args, environment, output } = context
  const deployment = await deploymentOf(context, await selectedStack(context))
  const checkpoint = parseDeployment(deployment)
  const decrypt = isOn(args, 'show-secrets')
    ? await decrypterFor(checkpoint, async () => checkpointSecrets(environment, checkpoint))
    : undefined
  const exported = { version: checkpointVersion, deployment: decrypt ? revealed(deployment, decrypt) : deployment }
  const json = `${JSON.stringify(exported, null, 4)}\n`
  const file = args.flags.get('file')
  if (file === undefined) output.out(json)
  else await writeFile(file, json)
  return 0
}

/** A stack that was never deployed has an empty deployment, which can be imported as any other. */
async function deploymentOf ({ environment }: CommandContext, { files, project }: Selection): Promise<JsonObject> {
  const deployment = deploymentJson(await existingText(files), files.checkpoint)
  if (deployment['manifest'] !== undefined) return deployment
  const { salt } = await stackSecrets(environment, await readSettings(settingsPath(project, files.stack)), undefined)
  const { project: name, stack } = files
  return deploymentJson(
    checkpointText({ project: name, stack, salt, time: new Date(), resources: [], pending: [], extra: {} }),
    files.checkpoint
  )
}
