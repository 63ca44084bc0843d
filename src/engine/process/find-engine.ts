import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import aws from '@pulumi/aws/package.json' with { type: 'json' }
import semver from 'semver'
import { engineEnvironment } from './environment.ts'
import type { EngineExecutable } from './run-command.ts'
import type { Log } from '../log.ts'
import { isRecord } from '../json.ts'
import { stateDirectory } from '../state/state-paths.ts'

export interface EngineChoice {
  /** `auto`: the real CLI if it is found, otherwise the sandbox engine. */
  readonly engine: 'auto' | 'pulumi' | 'sandbox'
  readonly cloud: 'sandbox' | 'aws'
  /** BATCHYARD_PULUMI_ROOT: `bin/pulumi` lies in it. */
  readonly pulumiRoot?: string | undefined
  /** PATH. */
  readonly path: string
  /** Pulumi's state backend; by default one that every engine has. */
  readonly stateUrl?: string | undefined
  /** Gets the reason why a CLI that is there is not used. */
  readonly log?: Log | undefined
}

const SANDBOX_ENGINE = fileURLToPath(new URL('../../sandbox/engine/main.ts', import.meta.url))
const VERSION_TIMEOUT_MILLISECONDS = 60_000
/** 3.260.0 is what was tried; the SDK counts on features of about that age. */
const MINIMUM_VERSION = '3.250.0'
const INSTALL = 'Install it with `npm run pulumi:install` (into BATCHYARD_PULUMI_ROOT)'

/**
 * Decides which engine runs the programs and asks it for its version, once.
 * @throws Error with a message for the operator: the real CLI is wanted and absent or too old, its AWS plugin can't be
 * used on real AWS, or the sandbox engine is to drive real AWS or to keep its state anywhere but in a folder.
 */
export async function findEngine (choice: EngineChoice): Promise<EngineExecutable> {
  if (choice.cloud === 'aws' && choice.engine === 'sandbox') {
    throw new Error(
      'The sandbox engine cannot drive real AWS: it only attaches to the sandbox cloud. Set BATCHYARD_ENGINE=pulumi.'
    )
  }
  const needed = choice.engine === 'pulumi' || choice.cloud === 'aws'
  const found = choice.engine === 'sandbox' ? undefined : await findPulumi(choice)
  if (found === undefined) {
    if (needed) throw new Error(absenceOf(choice))
    return sandboxEngine(choice)
  }
  const { executable, version, plugins } = found
  if (semver.lt(version, MINIMUM_VERSION)) {
    if (needed) throw new Error(`${executable} is ${version}; ${MINIMUM_VERSION} or later is needed. ${INSTALL}.`)
    choice.log?.warn(
      { executable, version },
      `this pulumi CLI is older than ${MINIMUM_VERSION}: the sandbox engine is used instead`
    )
    return sandboxEngine(choice)
  }
  if (choice.cloud === 'aws') await checkAwsPlugin(plugins)
  return await isThere(plugins, constants.R_OK) ? found : withoutPlugins(found)
}

async function sandboxEngine ({ stateUrl }: EngineChoice): Promise<EngineExecutable> {
  if (stateUrl !== undefined && stateDirectory(stateUrl) === undefined) {
    // The rest of it may hold a password.
    const [scheme] = stateUrl.split('//')
    throw new Error(
      'The sandbox engine keeps its state in file:///… only, and BATCHYARD_STATE_URL ' +
        `begins with ${scheme}// and names no absolute folder. ` +
        'Unset it, or set BATCHYARD_ENGINE=pulumi.'
    )
  }
  const args = [SANDBOX_ENGINE]
  return { kind: 'sandbox', executable: process.execPath, args, version: await versionOf(process.execPath, args) }
}

/** Without this every operation would end with `plugin-missing`: engines are not allowed to download plugins. */
async function checkAwsPlugin (plugins: string): Promise<void> {
  const folder = join(plugins, `resource-aws-v${aws.version}`)
  for (const path of [plugins, folder, join(folder, 'pulumi-resource-aws')]) {
    const problem = await access(path, constants.R_OK | constants.X_OK).then(() => undefined, problemOf)
    if (problem === undefined) continue
    throw new Error(
      `The aws plugin v${aws.version} is needed in ${plugins}, but ${path} ${problem}. ` +
        `${INSTALL}, as a user whose files this one may read.`
    )
  }
}

const problemOf = (error: unknown): string =>
  isRecord(error) && error.code === 'ENOENT' ? 'is absent' : 'cannot be read and executed by this user'

type FoundPulumi = EngineExecutable & { readonly plugins: string }

const withoutPlugins = ({ plugins: _absent, ...engine }: FoundPulumi): EngineExecutable => engine

async function findPulumi (choice: EngineChoice): Promise<FoundPulumi | undefined> {
  const root = choice.pulumiRoot === undefined ? undefined : resolve(choice.pulumiRoot)
  const candidates = [
    ...(root === undefined ? [] : [{ executable: join(root, 'bin', 'pulumi'), plugins: join(root, 'plugins') }]),
    ...choice.path.split(delimiter).filter((directory) => directory !== '').map((directory) =>
      ({ executable: resolve(directory, 'pulumi'), plugins: join(homedir(), '.pulumi', 'plugins') }))
  ]
  for (const { executable, plugins } of candidates) {
    if (!await isThere(executable, constants.X_OK)) continue
    return { kind: 'pulumi', executable, args: [], version: await versionOf(executable, []), plugins }
  }
  return undefined
}

const isThere = async (path: string, mode: number): Promise<boolean> => access(path, mode).then(() => true, () => false)

async function versionOf (executable: string, args: readonly string[]): Promise<string> {
  const env = engineEnvironment({ PULUMI_SKIP_UPDATE_CHECK: 'true' })
  const { stdout } = await promisify(execFile)(executable, [...args, 'version'], {
    env,
    timeout: VERSION_TIMEOUT_MILLISECONDS
  })
  const version = stdout.trim()
  if (semver.parse(version) === null) {
    throw new Error(`${executable} answered "${version.slice(0, 100)}" instead of a version.`)
  }
  return version
}

function absenceOf ({ pulumiRoot, path }: EngineChoice): string {
  const places = [
    ...(pulumiRoot === undefined ? [] : [join(resolve(pulumiRoot), 'bin')]),
    ...path.split(delimiter).filter((directory) => directory !== '')
  ]
  return `No pulumi CLI was found in ${places.join(', ') || 'an empty PATH'}. ` +
    `${INSTALL}, or put it on PATH.`
}
