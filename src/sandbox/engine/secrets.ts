import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { EngineVariables } from './environment.ts'
import { EngineError } from './errors.ts'

const derive = promisify(pbkdf2)

/**
 * pkg/secrets/passphrase of the real engine: PBKDF2-SHA256, 1,000,000 rounds, AES-256-GCM with a 12-byte nonce, tag
 * last.
 */
const rounds = 1_000_000
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const saltBytes = 8

/** Encrypts and decrypts with a key that was derived from the passphrase. */
interface Crypter {
  encrypt: (plaintext: string) => string
  decrypt: (ciphertext: string) => string
}

/**
 * The passphrase secrets provider of one stack. Deriving the key takes about 200 ms of a core, so it happens on first
 * use.
 */
export interface SecretsProvider {
  /** `v1:<salt>:v1:<nonce>:<ciphertext of "pulumi">`, as Pulumi.STACK.yaml and the checkpoint hold it. */
  salt: string
  /** @throws EngineError `incorrect passphrase` */
  crypter: () => Promise<Crypter>
}

/** @throws EngineError in the CLI's words if no passphrase is set; an empty one counts as set */
export async function readPassphrase (environment: EngineVariables): Promise<string> {
  if (environment.passphrase !== undefined) return environment.passphrase
  if (environment.passphraseFile === undefined) {
    throw new EngineError(
      'passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables'
    )
  }
  try {
    const text = await readFile(environment.passphraseFile, 'utf8')
    return text.trim()
  } catch (cause) {
    throw new EngineError(`unable to read PULUMI_CONFIG_PASSPHRASE_FILE: ${environment.passphraseFile}`, { cause })
  }
}

export function secretsProvider (salt: string, passphrase: string): SecretsProvider {
  let pending: Promise<Crypter> | undefined
  return { salt, crypter: async () => (pending ??= unlock(salt, passphrase)) }
}

/** A provider with a new salt, for a new stack. */
export async function newSecretsProvider (passphrase: string): Promise<SecretsProvider> {
  const salt = randomBytes(saltBytes)
  const crypter = crypterFromKey(await derive(passphrase, salt, rounds, keyBytes, 'sha256'))
  return { salt: `v1:${salt.toString('base64')}:${crypter.encrypt('pulumi')}`, crypter: async () => crypter }
}

async function unlock (state: string, passphrase: string): Promise<Crypter> {
  const [version, salt, ...check] = state.split(':')
  if (version !== 'v1' || salt === undefined || check.length === 0) throw new EngineError('malformed state value')
  const crypter = crypterFromKey(await derive(passphrase, Buffer.from(salt, 'base64'), rounds, keyBytes, 'sha256'))
  try {
    if (crypter.decrypt(check.join(':')) === 'pulumi') return crypter
  } catch (cause) {
    throw new EngineError('getting stack configuration: get stack secrets manager: incorrect passphrase', { cause })
  }
  throw new EngineError('getting stack configuration: get stack secrets manager: incorrect passphrase')
}

function crypterFromKey (key: Buffer): Crypter {
  return {
    encrypt: (plaintext) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const text = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v1:${nonce.toString('base64')}:${text.toString('base64')}`
    },
    decrypt: (ciphertext) => {
      const [version, nonce, text] = ciphertext.split(':')
      if (version !== 'v1' || nonce === undefined || text === undefined) throw new EngineError('malformed ciphertext')
      const bytes = Buffer.from(text, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'))
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
      return decipher.update(bytes.subarray(0, bytes.length - tagBytes), undefined, 'utf8') + decipher.final('utf8')
    }
  }
}
