import { EngineError } from './errors.ts'
import type { Decrypt, Json, JsonObject } from './values/json.ts'

/** One configuration value in clear text. */
interface ConfigValue {
  value: string
  secret: boolean
  object: boolean
}

export type StackConfig = Map<string, ConfigValue>

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSecure = (value: unknown): value is { secure: string } => isRecord(value) && typeof value['secure'] === 'string'

export const hasSecretConfig = (config: Record<string, unknown>): boolean => JSON.stringify(config).includes('"secure"')

/**
 * The `config` of Pulumi.STACK.yaml. Objects are given to programs as JSON.
 * @throws EngineError for a secret inside an object, which this engine does not take apart
 */
export function readConfig (config: Record<string, unknown>, project: string, decrypt: Decrypt): StackConfig {
  return new Map(
    Object.entries(qualified(config, project)).map(([key, value]) => [key, configValue(key, value, decrypt)])
  )
}

const qualified = (config: Record<string, unknown>, project: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config)
    .map(([key, value]): [string, unknown] => [key.includes(':') ? key : `${project}:${key}`, value])
    .sort(([a], [b]) => a < b ? -1 : 1))

function configValue (key: string, value: unknown, decrypt: Decrypt): ConfigValue {
  if (isSecure(value)) return { value: decrypt(value.secure), secret: true, object: false }
  if (typeof value !== 'object' || value === null) return { value: String(value), secret: false, object: false }
  const text = JSON.stringify(value)
  if (text.includes('"secure"')) {
    throw new EngineError(`the sandbox engine does not implement secrets inside objects (configuration ${key})`)
  }
  return { value: text, secret: false, object: true }
}

/** For events and history: secrets hidden. */
export const publicConfig = (config: StackConfig): Record<string, string> =>
  Object.fromEntries([...config].map(([key, { value, secret }]) => [key, secret ? '[secret]' : value]))

/** For history: as in the file, secrets encrypted. */
export const historyConfig = (config: Record<string, unknown>, project: string): JsonObject =>
  Object.fromEntries(Object.entries(qualified(config, project))
    .map(([key, value]) => [key, typeof value === 'object' && value !== null ? value as Json : String(value)]))

/**
 * Whether `pulumi:disable-default-providers` names the package, or all with `*`.
 * @throws EngineError if it is no JSON list of strings
 */
export function deniesDefaultProvider (config: StackConfig, name: string): boolean {
  const setting = config.get('pulumi:disable-default-providers')
  if (setting === undefined) return false
  let names: unknown
  try {
    names = JSON.parse(setting.value)
  } catch (cause) {
    throw new EngineError('Failed to parse pulumi:disable-default-providers', { cause })
  }
  if (!Array.isArray(names) || names.some((entry) => typeof entry !== 'string')) {
    throw new EngineError('pulumi:disable-default-providers must be a list of strings')
  }
  return names.includes('*') || names.includes(name)
}
