import { mkdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { ignoreAbsence, recordOf } from '../json.ts'
import { stateDirectory } from './state-paths.ts'

export interface WorkspaceSettings {
  readonly dataDir: string
  readonly stateUrl: string
  readonly passphraseFile: string
  /** Packages whose resources must name their provider. */
  readonly explicitProviders: readonly string[]
  /** The directory of installed resource plugins to use, if not the data directory's own. */
  readonly plugins?: string
  /** Where an engine that is run by Node keeps its compiled code. */
  readonly compileCache?: string
}

export interface StackWorkspace {
  readonly stack: string
  /** Where the engine keeps the stack's state. */
  readonly stateUrl: string
  readonly workDir: string
  readonly pulumiHome: string
  readonly env: Record<string, string>
}

/** Stack names become file names here; environment ids are narrower still. */
const STACK_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/

/**
 * Opens the stack's work directory: one path for all its runs, so that the engine finds the stack's salt again and does
 * not leave a record of a new directory with every run.
 * @param cloudEnv What engines need to reach the cloud, for instance `PULUMI_DEBUG_PROVIDERS`.
 */
export async function openStackWorkspace (
  settings: WorkspaceSettings,
  stack: string,
  cloudEnv: Record<string, string>
): Promise<StackWorkspace> {
  return fillWorkspace(settings, { stack, workDir: stackDirectory(settings.dataDir, stack), cloudEnv })
}

/** Makes any directory a work directory of the stack. */
export async function fillWorkspace (
  settings: WorkspaceSettings,
  { stack, workDir, cloudEnv }: { stack: string, workDir: string, cloudEnv: Record<string, string> }
): Promise<StackWorkspace> {
  const pulumiHome = join(settings.dataDir, 'pulumi')
  await Promise.all([mkdir(workDir, { recursive: true }), mkdir(pulumiHome, { recursive: true })])
  await Promise.all([
    writeStackSettings(workDir, stack, { 'pulumi:disable-default-providers': settings.explicitProviders }),
    linkPlugins(pulumiHome, settings.plugins),
    createStateDirectory(settings.stateUrl)
  ])
  return { stack, stateUrl: settings.stateUrl, workDir, pulumiHome, env: { ...runEnvironment(settings), ...cloudEnv } }
}

export async function removeStackWorkspace (dataDir: string, stack: string): Promise<void> {
  await rm(stackDirectory(dataDir, stack), { recursive: true, force: true })
}

const stackDirectory = (dataDir: string, stack: string): string => join(dataDir, 'work', stackName(stack))

/** @throws Error when that can't be a file's name. */
export function stackName (stack: string): string {
  if (!STACK_NAME.test(stack)) throw new Error(`"${stack}" cannot be the name of a stack`)
  return stack
}

function runEnvironment ({ compileCache, ...settings }: WorkspaceSettings): Record<string, string> {
  return {
    ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }),
    PULUMI_BACKEND_URL: settings.stateUrl,
    // Removed when the run has ended (copies.ts), which can be done here only.
    ...(stateDirectory(settings.stateUrl) === undefined ? {} : { PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS: 'true' }),
    PULUMI_CONFIG_PASSPHRASE_FILE: settings.passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    // Another replica's work directory lacks the salt; without this each would draw a new one and encrypt anew.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: 'true'
  }
}

/** Adds `config` to the stack's settings file; the engine keeps its salt in the same file. */
async function writeStackSettings (workDir: string, stack: string, config: Record<string, unknown>): Promise<void> {
  const path = join(workDir, `Pulumi.${stack}.yaml`)
  const text = await readFile(path, 'utf8').catch(ignoreAbsence)
  const settings = recordOf(parse(text ?? ''))
  const wanted = stringify({ ...settings, config: { ...recordOf(settings.config), ...config } })
  if (text === wanted) return
  await writeFile(`${path}.new`, wanted, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** Plugins are installed beside the CLI; the engine looks for them in its home. */
async function linkPlugins (pulumiHome: string, plugins: string | undefined): Promise<void> {
  if (plugins === undefined) return
  const link = join(pulumiHome, 'plugins')
  const target = await readlink(link).catch(() => undefined)
  if (target === plugins) return
  // Another CLI than last time; a directory that someone made here is theirs and stays.
  if (target !== undefined) await rm(link, { force: true })
  await symlink(plugins, link).catch((error: unknown) => {
    if (recordOf(error).code !== 'EEXIST') throw error
  })
}

/** The file backend refuses a directory that does not exist. */
async function createStateDirectory (stateUrl: string): Promise<void> {
  const directory = stateDirectory(stateUrl)
  if (directory !== undefined) await mkdir(directory, { recursive: true })
}
