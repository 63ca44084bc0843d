import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../../errors.ts'
import { claimKey, keepAnswer } from '../../store/queries/idempotency.ts'
import type { Queryable } from '../../store/sql.ts'
import type { Caller } from '../access/caller.ts'

/** A request that may come twice and must be done once (IETF draft-ietf-httpapi-idempotency-key-header). */
export interface Idempotency {
  /** Names the key of this caller. */
  readonly hash: Buffer
  /** What was asked: another request under the same key is a mistake. */
  readonly fingerprint: Buffer
  /** Seals the answer: only who has the Idempotency-Key can open it. */
  readonly seal: Buffer
}

const sha256 = (...parts: string[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest()
}

/** @param request everything that makes it this request: method, path, what the headers ask, body */
export function idempotencyOf (caller: Caller, key: string, request: readonly unknown[]): Idempotency {
  const scope = caller.scope === 'team' ? `team ${caller.team}` : 'admin'
  return {
    hash: sha256(scope, key),
    fingerprint: sha256(JSON.stringify(request)),
    seal: Buffer.from(hkdfSync('sha256', key, scope, 'batchyard idempotency answer', 32))
  }
}

/**
 * Does the work and keeps its answer in the same transaction, or gives the answer kept before. What was refused is not kept:
 * it stored nothing, and may be right the next time.
 * @throws Refusal `idempotency-key-reused`
 */
export async function answerOnce<Answer extends object> (
  trx: Queryable,
  { hash, fingerprint, seal }: Idempotency,
  work: () => Promise<Answer>
): Promise<Answer> {
  const before = await claimKey(trx, hash, fingerprint)
  if (before) {
    if (!timingSafeEqual(before.fingerprint, fingerprint)) {
      throw new Refusal('idempotency-key-reused', 'use a new key for a new request')
    }
    return JSON.parse(open(seal, Buffer.from(before.answer))) as Answer
  }
  const answer = await work()
  await keepAnswer(trx, hash, close(seal, JSON.stringify(answer)))
  return answer
}

const IV_BYTES = 12
const TAG_BYTES = 16

function close (key: Buffer, text: string): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

function open (key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
}
