import { isRecord } from '../json.ts'

/** The key that marks a tagged object in a checkpoint, and the tag of a secret (the engine's own constants). */
export const TAG = '4dabf18193072939515e22adb298388d'
const SECRET = '1b47061264138c4ac30d75fd1eb44270'
/** What the CLI prints instead of a secret. */
export const MASK = '[secret]'

export type DecryptSecret = (ciphertext: string) => string

/**
 * A checkpoint's value as the CLI prints it: secrets masked, or in plain text when `decrypt` is given.
 * @throws Error for any other tagged value (assets, references to resources): the engine prints those.
 */
export function reveal (value: unknown, decrypt?: DecryptSecret): unknown {
  if (Array.isArray(value)) return value.map((item) => reveal(item, decrypt))
  if (!isRecord(value)) return value
  if (!(TAG in value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, reveal(item, decrypt)]))
  }
  if (value[TAG] !== SECRET) throw new Error('a tagged value that is not a secret')
  if (decrypt === undefined) return MASK
  if (typeof value.ciphertext !== 'string') throw new Error('a secret without ciphertext')
  const plain: unknown = JSON.parse(decrypt(value.ciphertext))
  return reveal(plain, decrypt)
}

/** A checkpoint's or an event's value with its secrets masked; other tagged values (assets, references) stay. */
export const masked = (value: unknown): unknown => withSecrets(value, () => MASK)

/** A value with every secret in it replaced. */
export function withSecrets (value: unknown, replace: (secret: Readonly<Record<string, unknown>>) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, replace))
  if (!isRecord(value)) return value
  if (value[TAG] === SECRET) return replace(value)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withSecrets(item, replace)]))
}

export function holdsSecret (value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret)
  return isRecord(value) && (value[TAG] === SECRET || Object.values(value).some(holdsSecret))
}
