import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import semver from 'semver'
import { engineEnvironment } from './command/environment.ts'
import type { EngineExecutable } from './command/run-command.ts'

export interface EngineChoice {
  /** `auto`: the real CLI if it is found, otherwise the sandbox engine. */
  readonly engine: 'auto' | 'pulumi' | 'sandbox'
  readonly cloud: 'sandbox' | 'aws'
  /** BATCHYARD_PULUMI_ROOT: `bin/pulumi` lies in it. */
  readonly pulumiRoot?: string | undefined
  /** PATH. */
  readonly path: string
}

const SANDBOX_ENGINE = fileURLToPath(new URL('../sandbox/engine/main.ts', import.meta.url))
const VERSION_TIMEOUT_MILLISECONDS = 60_000

/**
 * Decides which engine runs the programs and asks it for its version, once.
 * @throws Error in words for the operator: the real CLI is wanted and absent, or the sandbox engine is to drive real AWS.
 */
export async function findEngine (choice: EngineChoice): Promise<EngineExecutable> {
  if (choice.cloud === 'aws' && choice.engine === 'sandbox') {
    throw new Error('The sandbox engine cannot drive real AWS: it only attaches to the sandbox cloud. Set BATCHYARD_ENGINE=pulumi.')
  }
  const found = choice.engine === 'sandbox' ? undefined : await findPulumi(choice)
  if (found !== undefined) return found
  if (choice.engine === 'pulumi' || choice.cloud === 'aws') throw new Error(absenceOf(choice))
  const args = [SANDBOX_ENGINE]
  return { kind: 'sandbox', executable: process.execPath, args, version: await versionOf(process.execPath, args) }
}

async function findPulumi (choice: EngineChoice): Promise<EngineExecutable | undefined> {
  const root = choice.pulumiRoot === undefined ? undefined : resolve(choice.pulumiRoot)
  const candidates = [
    ...(root === undefined ? [] : [{ executable: join(root, 'bin', 'pulumi'), plugins: join(root, 'plugins') }]),
    ...choice.path.split(delimiter).filter((directory) => directory !== '').map((directory) =>
      ({ executable: resolve(directory, 'pulumi'), plugins: join(homedir(), '.pulumi', 'plugins') }))
  ]
  for (const { executable, plugins } of candidates) {
    if (!await isThere(executable, constants.X_OK)) continue
    const engine = { kind: 'pulumi', executable, args: [], version: await versionOf(executable, []) } as const
    return await isThere(plugins, constants.R_OK) ? { ...engine, plugins } : engine
  }
  return undefined
}

const isThere = async (path: string, mode: number): Promise<boolean> => access(path, mode).then(() => true, () => false)

async function versionOf (executable: string, args: readonly string[]): Promise<string> {
  const env = engineEnvironment({ PULUMI_SKIP_UPDATE_CHECK: 'true' })
  const { stdout } = await promisify(execFile)(executable, [...args, 'version'], { env, timeout: VERSION_TIMEOUT_MILLISECONDS })
  const version = stdout.trim()
  if (semver.parse(version) === null) throw new Error(`${executable} answered "${version.slice(0, 100)}" instead of a version.`)
  return version
}

function absenceOf ({ pulumiRoot, path }: EngineChoice): string {
  const places = [...(pulumiRoot === undefined ? [] : [join(resolve(pulumiRoot), 'bin')]), ...path.split(delimiter).filter((directory) => directory !== '')]
  return `No pulumi CLI was found in ${places.join(', ') || 'an empty PATH'}. ` +
    'Install it with `npm run pulumi:install` (into BATCHYARD_PULUMI_ROOT), or put it on PATH.'
}
