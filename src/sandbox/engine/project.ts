import { join } from 'node:path'
import { parse, parseDocument } from 'yaml'
import { EngineError, notImplemented, stackNotFound } from './errors.ts'
import type { EngineVariables } from './environment.ts'
import { newSecretsProvider, readPassphrase, secretsProvider } from './secrets.ts'
import type { SecretsProvider } from './secrets.ts'
import { readCheckpointFile } from './state/checkpoint.ts'
import type { CheckpointFile } from './state/checkpoint.ts'
import { readOptional, stackExists, stackFiles, writeAtomic } from './state/files.ts'
import type { StackFiles } from './state/files.ts'

/** Pulumi.yaml, as far as a deployment needs it. */
export interface Project {
  name: string
  directory: string
  /** Where the program is said to be, for the language host. */
  main: string
}

/** Pulumi.STACK.yaml. */
export interface StackSettings {
  path: string
  encryptionSalt: string | undefined
  config: Record<string, unknown>
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws EngineError in the CLI's words if the directory holds no project */
export async function readProject (directory: string): Promise<Project> {
  for (const name of ['Pulumi.yaml', 'Pulumi.yml', 'Pulumi.json']) {
    const text = await readOptional(join(directory, name))
    if (text === undefined) continue
    const settings: unknown = parse(text)
    if (!isRecord(settings) || typeof settings['name'] !== 'string') {
      throw new EngineError(`could not load project from ${join(directory, name)}: it has no name`)
    }
    return {
      name: settings['name'],
      directory,
      main: typeof settings['main'] === 'string' ? settings['main'] : directory
    }
  }
  throw new EngineError(
    `no Pulumi.yaml project file found (searching upwards from ${directory}). ` +
      'If you have not created a project yet, use `pulumi new` to do so'
  )
}

const validName = /^[A-Za-z0-9_.-]{1,100}$/

/**
 * The stack's own name, from `NAME`, `organization/NAME` or `organization/PROJECT/NAME`.
 * @throws EngineError in the CLI's words for any other form
 */
export function stackNameOf (reference: string, project: string): string {
  const parts = reference.split('/')
  const name = parts.at(-1) ?? ''
  if (parts.length > 1 && parts[0] !== 'organization') throw new EngineError("organization name must be 'organization'")
  if (parts.length > 3) throw new EngineError(`could not parse stack reference '${reference}'`)
  if (parts.length === 3 && parts[1] !== project) {
    throw new EngineError(`provided project name "${parts[1]}" doesn't match Pulumi.yaml`)
  }
  if (validName.test(name)) return name
  const at = [...name].findIndex((character) => !/[A-Za-z0-9_.-]/.test(character))
  throw new EngineError('a stack name may only contain alphanumeric, hyphens, underscores, or periods' +
    (at < 0 ? '' : `: invalid character '${[...name][at]}' at position ${at}`))
}

/** @throws EngineError (exit code 6) if there is no such stack */
export function existingStack (root: string, project: Project, reference: string): StackFiles {
  const files = stackFiles(root, project.name, stackNameOf(reference, project.name))
  if (!stackExists(files)) throw stackNotFound(reference)
  return files
}

export const settingsPath = (project: Project, stack: string): string => join(project.directory, `Pulumi.${stack}.yaml`)

export async function readSettings (path: string): Promise<StackSettings> {
  const text = await readOptional(path)
  const settings: unknown = text === undefined ? {} : parse(text)
  if (settings !== null && !isRecord(settings)) throw new EngineError(`could not parse ${path}`)
  const { encryptionsalt: salt, config, secretsprovider: provider, environment } = settings ?? {}
  if (provider !== undefined && provider !== 'passphrase') {
    throw notImplemented(`the secrets provider ${JSON.stringify(provider)} of ${path}`)
  }
  if (environment !== undefined) throw notImplemented(`environments (in ${path})`)
  return { path, encryptionSalt: typeof salt === 'string' ? salt : undefined, config: isRecord(config) ? config : {} }
}

/** Writes the salt and leaves everything else in the file, comments too. */
async function saveSalt (path: string, salt: string): Promise<void> {
  const document = parseDocument(await readOptional(path) ?? '')
  document.set('encryptionsalt', salt)
  await writeAtomic(path, document.toString({ lineWidth: 0 }))
}

/**
 * The stack's secrets provider, as the real engine finds it: the salt of Pulumi.STACK.yaml; without one, that of the
 * checkpoint if PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER says so; else a new one, which is written to
 * Pulumi.STACK.yaml.
 */
export async function stackSecrets (
  environment: EngineVariables,
  settings: StackSettings,
  checkpoint: CheckpointFile | undefined
): Promise<SecretsProvider> {
  const passphrase = await passphraseOf(environment)
  if (settings.encryptionSalt !== undefined) return secretsProvider(settings.encryptionSalt, passphrase)
  if (environment.fallbackToStateSecretsManager && checkpoint?.salt !== undefined) {
    return secretsProvider(checkpoint.salt, passphrase)
  }
  const provider = await newSecretsProvider(passphrase)
  await saveSalt(settings.path, provider.salt)
  return provider
}

/** What encrypted the checkpoint, which after a change of salt is not what encrypts the next one. */
export const checkpointSecrets = async (
  environment: EngineVariables,
  checkpoint: CheckpointFile
): Promise<SecretsProvider> => secretsProvider(checkpoint.salt ?? '', await readPassphrase(environment))

async function passphraseOf (environment: EngineVariables): Promise<string> {
  try {
    return await readPassphrase(environment)
  } catch (cause) {
    if (cause instanceof EngineError) {
      throw new EngineError(`getting stack configuration: get stack secrets manager: ${cause.message}`, { cause })
    }
    throw cause
  }
}

/** @throws EngineError (exit code 6) if the stack went away meanwhile */
export async function existingCheckpoint (files: StackFiles): Promise<CheckpointFile> {
  const checkpoint = await readCheckpointFile(files)
  if (checkpoint === undefined) throw stackNotFound(files.stack)
  return checkpoint
}
