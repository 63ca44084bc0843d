import { readFile } from 'node:fs/promises'
import { isOn } from '../../args.ts'
import { EngineError, messageOf, notImplemented } from '../../errors.ts'
import { checkpointSecrets, existingCheckpoint, readSettings, settingsPath, stackSecrets } from '../../project.ts'
import {
  checkpointVersion,
  decrypterFor,
  hasItsMagic,
  parseDeployment,
  pendingOf,
  resourcesOf
} from '../../state/checkpoint.ts'
import type { CheckpointFile } from '../../state/checkpoint.ts'
import { integrityProblem } from '../../state/integrity.ts'
import { lockStack } from '../../state/locks.ts'
import type { ResourceState } from '../../state/resource.ts'
import { Snapshot } from '../../state/snapshot.ts'
import { isJsonObject } from '../../values/json.ts'
import type { Json, JsonObject } from '../../values/json.ts'
import type { CommandContext, Run } from '../command.ts'
import { selectedStack } from '../selection.ts'

/** Puts an exported deployment in the place of the stack's. As with the CLI its pending operations are left out. */
export const run: Run = async (context) => {
  const { args, environment, output } = context
  const { files, project } = await selectedStack(context)
  const deployment = await readDeployment(args.flags.get('file'))
  const imported = parseDeployment(deployment)
  const secrets =
    imported.salt === undefined
      ? await stackSecrets(
        environment,
        await readSettings(settingsPath(project, files.stack)),
        await existingCheckpoint(files)
      )
      : await checkpointSecrets(environment, imported)
  const decrypt = await decrypterFor(imported, async () => secrets)
  const base = resourcesOf(imported, decrypt)
  reportProblems(context, problemsOf({ deployment, base, stack: files.stack }))
  warnOfPending(context, imported)
  const lock = await lockStack(files)
  try {
    await new Snapshot({ files, secrets, base, pending: [], extra: imported.extra }).saved()
  } finally {
    await lock.release()
  }
  output.out('Import complete.\n')
  return 0
}

/** @throws EngineError if the file can't be read or is no exported deployment of version 3 */
async function readDeployment (path: string | undefined): Promise<JsonObject> {
  if (path === undefined) throw notImplemented('stack import without --file')
  const json = await parsed(path)
  if (!isJsonObject(json) || !isJsonObject(json['deployment'])) {
    throw new EngineError(`could not import deployment: ${path} holds none`)
  }
  if (json['version'] !== checkpointVersion) {
    throw notImplemented(`deployments of version ${JSON.stringify(json['version'])}`)
  }
  return json['deployment']
}

async function parsed (path: string): Promise<Json> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Json
  } catch (cause) {
    throw new EngineError(`could not open file: ${messageOf(cause)}`, { cause })
  }
}

interface Imported {
  deployment: JsonObject
  base: readonly ResourceState[]
  stack: string
}

/** In the CLI's words (cmd/pulumi/stack/io.go, SaveSnapshot). */
function problemsOf ({ deployment, base, stack }: Imported): string[] {
  const stackOf = (urn: string): string => urn.split('::')[0]?.split(':')[2] ?? ''
  const foreign = base.filter(({ urn }) => stackOf(urn) !== stack)
    .map(({ urn }) => `resource '${urn}' is from a different stack (${stackOf(urn)} != ${stack})`)
  const problem = hasItsMagic(deployment)
    ? integrityProblem(base)
    : 'magic cookie mismatch; possible tampering/corruption detected'
  return problem === undefined ? foreign : [...foreign, `state file contains errors: ${problem}`]
}

/** @throws EngineError unless `--force` makes warnings of the problems */
function reportProblems ({ args, output }: CommandContext, problems: string[]): void {
  if (problems.length === 0) return
  if (isOn(args, 'force')) {
    for (const problem of problems) output.err(`warning: ${problem}\n`)
    return
  }
  const all = [...problems, 'importing this file could be dangerous; rerun with --force to proceed anyway']
  throw new EngineError(`${all.length} errors occurred:\n${all.map((problem) => `\t* ${problem}\n`).join('')}`)
}

function warnOfPending ({ output }: CommandContext, imported: CheckpointFile): void {
  // What is left out need not be decrypted.
  for (const { type, resource } of pendingOf(imported, () => 'null')) {
    output.err(`warning: removing pending operation '${type}' on '${resource.urn}' from snapshot\n`)
  }
}
