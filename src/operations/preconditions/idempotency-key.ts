import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../../errors.ts'
import { claimKey, keepAnswer } from '../../store/queries/idempotency.ts'
import type { Queryable } from '../../store/sql.ts'
import type { Caller } from '../access/caller.ts'

/** What makes a repeated request known (IETF draft-ietf-httpapi-idempotency-key-header). */
export interface Idempotency {
  /** Of the caller and its key. */
  readonly hash: Buffer
  /** Of the request: another request with the same key is refused. */
  readonly fingerprint: Buffer
  /** Encrypts the stored answer; derived from the Idempotency-Key, which is not stored. */
  readonly encryptionKey: Buffer
}

const sha256 = (...parts: string[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest()
}

/** @param request everything that makes it this request: method, path, preconditions, body */
export function idempotencyOf (caller: Caller, key: string, request: readonly unknown[]): Idempotency {
  const scope = caller.scope === 'team' ? `team ${caller.team}` : 'admin'
  return {
    hash: sha256(scope, key),
    fingerprint: sha256(JSON.stringify(request)),
    encryptionKey: Buffer.from(hkdfSync('sha256', key, scope, 'batchyard idempotency answer', 32))
  }
}

/**
 * Does the work and stores its answer in the same transaction, or resolves to the answer that was stored before. A
 * refusal is not stored: nothing was done, and the request may be accepted the next time.
 * @throws Refusal `idempotency-key-reused`
 */
export async function answerOnce<Answer extends object> (
  trx: Queryable,
  { hash, fingerprint, encryptionKey }: Idempotency,
  work: () => Promise<Answer>
): Promise<Answer> {
  const before = await claimKey(trx, hash, fingerprint)
  if (before) {
    if (!timingSafeEqual(before.fingerprint, fingerprint)) {
      throw new Refusal('idempotency-key-reused', 'use a new key for a new request')
    }
    return JSON.parse(decrypt(encryptionKey, Buffer.from(before.answer))) as Answer
  }
  const answer = await work()
  await keepAnswer(trx, hash, encrypt(encryptionKey, JSON.stringify(answer)))
  return answer
}

const IV_BYTES = 12
const TAG_BYTES = 16

function encrypt (key: Buffer, text: string): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

function decrypt (key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
}
