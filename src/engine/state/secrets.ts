import { createDecipheriv, pbkdf2, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { LRUCache } from 'lru-cache'
import type { Log } from '../log.ts'
import { ignoreAbsence, isRecord } from '../json.ts'
import type { DecryptSecret } from '../translate/secret-values.ts'

/**
 * The engine's parameters: PBKDF2 with SHA-256, a million rounds; AES-GCM with a 256-bit key and its tag at the end.
 */
const ROUNDS = 1_000_000
const KEY_BYTES = 32
const TAG_BYTES = 16
/** A key takes about 0.15 s to derive and belongs to one stack; the last few are kept. */
const KEPT_KEYS = 64

/** The keys of secrets, derived from the passphrase file. */
export class SecretsKeyCache {
  readonly #keys: LRUCache<string, Buffer>

  constructor (passphraseFile: string) {
    this.#keys = new LRUCache({ max: KEPT_KEYS, fetchMethod: async (salt) => deriveKey(passphraseFile, salt) })
  }

  /**
   * @param salt As in a checkpoint's secrets provider: `v1:BASE64 SALT:v1:NONCE:CIPHERTEXT`. The second half verifies
   * the key.
   * @throws Error when the passphrase is not the one that the state was made with.
   */
  async unlock (salt: string): Promise<DecryptSecret> {
    const key = await this.#keys.forceFetch(salt)
    const decrypt: DecryptSecret = (ciphertext) => decryptWith(key, ciphertext)
    if (decrypt(salt.split(':').slice(2).join(':')) !== 'pulumi') throw new Error('the passphrase is not the state\'s')
    return decrypt
  }
}

async function deriveKey (passphraseFile: string, salt: string): Promise<Buffer> {
  const passphrase = await readFile(passphraseFile, 'utf8')
  const bytes = Buffer.from(salt.split(':')[1] ?? '', 'base64')
  return promisify(pbkdf2)(passphrase.trim(), bytes, ROUNDS, KEY_BYTES, 'sha256')
}

function decryptWith (key: Buffer, ciphertext: string): string {
  const [version, nonce, sealed] = ciphertext.split(':')
  if (version !== 'v1' || nonce === undefined || sealed === undefined) throw new Error('not a ciphertext of version 1')
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  return decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
}

/**
 * Makes sure the passphrase file exists, with random content and for its owner only. Of several replicas starting at
 * once the first wins and all read the same: the file appears complete, under its name, or not at all. Warns of a file
 * that others than its owner may use.
 * @throws Error when the file is unreadable, or empty: the state may have been made with a passphrase that was lost.
 */
export async function ensurePassphraseFile (path: string, log: Log): Promise<void> {
  if (await holdsPassphrase(path)) return warnOfOthers(path, log)
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomUUID()}`
  try {
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
    await link(draft, path).catch((error: unknown) => {
      if (!isRecord(error) || error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
}

/** @returns `false` when there is no such file. */
async function holdsPassphrase (path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(ignoreAbsence).catch((error: unknown) => {
    throw new Error(`The passphrase file ${path} cannot be read.`, { cause: error })
  })
  if (text?.trim() !== '') return text !== undefined
  throw new Error(
    `The passphrase file ${path} is empty. Put the passphrase of the state into it, ` +
      'or remove it if there is no state yet: a new one is then made.'
  )
}

/** No refusal: container platforms mount secrets with such modes. */
async function warnOfOthers (path: string, log: Log): Promise<void> {
  const mode = (await stat(path)).mode & 0o777
  if ((mode & 0o077) !== 0) {
    log.warn({ file: path, mode: mode.toString(8) }, 'others than its owner may use the passphrase file')
  }
}
