import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openDatabase } from '../../../src/store/database/open-database.ts'
import { claimKey, keepAnswer } from '../../../src/store/queries/idempotency.ts'
import { migrate } from '../../../src/store/migrations.ts'
import type { Queryable } from '../../../src/store/sql.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'

const request = randomBytes(32)
const bytes = (text: string): Buffer => Buffer.from(text)

/** What a request does: claims the key, works, keeps the answer; or finds the answer kept before. */
async function answerOnce (
  db: Queryable,
  key: Buffer,
  work: () => Promise<string>
): Promise<{ answer: string, done: boolean }> {
  return db.transaction().execute(async (trx) => {
    const before = await claimKey(trx, key, request)
    if (before) return { answer: Buffer.from(before.answer).toString(), done: false }
    const answer = await work()
    await keepAnswer(trx, key, bytes(answer))
    return { answer, done: true }
  })
}

describeOnEachDatabase('Idempotency-Keys', (use) => {
  const db = () => use().database.db

  it('give back the answer and the request of the first time', async () => {
    const key = randomBytes(32)
    await db().transaction().execute(async (trx) => {
      expect(await claimKey(trx, key, request)).toBeUndefined()
      await keepAnswer(trx, key, bytes('first'))
    })
    const before = await claimKey(db(), key, randomBytes(32))
    expect(before && [Buffer.from(before.fingerprint), Buffer.from(before.answer).toString()]).toEqual([
      request,
      'first'
    ])
    expect(await claimKey(db(), randomBytes(32), request)).toBeUndefined()
  })

  it('let one of many simultaneous requests do the work, and the others wait for its answer', async () => {
    const key = randomBytes(32)
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => answerOnce(db(), key, async () => `answer of ${n}`))
    )
    expect(answers.filter(({ done }) => done)).toHaveLength(1)
    expect(new Set(answers.map(({ answer }) => answer)).size).toBe(1)
  })

  it('remember nothing of a request whose transaction failed: the one that waited does the work', async () => {
    const key = randomBytes(32)
    const begun = Promise.withResolvers<undefined>()
    const failing = answerOnce(db(), key, async () => {
      begun.resolve(undefined)
      await new Promise((resolve) => { setImmediate(resolve) })
      throw new Error('refused')
    })
    await begun.promise
    const waiting = answerOnce(db(), key, async () => 'second')
    await expect(failing).rejects.toThrow('refused')
    expect(await waiting).toEqual({ answer: 'second', done: true })
  })

  it('are done by one of two replicas at the same instant', async () => {
    const { fresh } = use()
    const where = await fresh()
    const [one, other] =
      use().database.kind === 'postgres'
        ? [await openDatabase(where), await openDatabase(where)]
        : [await openDatabase(where), undefined]
    try {
      await migrate(one)
      const key = randomBytes(32)
      const held = Promise.withResolvers<string>()
      const begun = Promise.withResolvers<undefined>()
      const first = answerOnce(one.db, key, async () => {
        begun.resolve(undefined)
        return held.promise
      })
      await begun.promise
      const second = answerOnce((other ?? one).db, key, async () => 'second')
      held.resolve('first')
      expect([await first, await second]).toEqual([{ answer: 'first', done: true }, { answer: 'first', done: false }])
    } finally {
      await other?.close()
      await one.close()
    }
  })

  it('are new again after 24 hours, and not a second before', async () => {
    const key = randomBytes(32)
    await answerOnce(db(), key, async () => 'first')
    const age = async (interval: string): Promise<void> => {
      await sql`update idempotency_keys set created_at = clock_timestamp() - ${interval}::interval
        where hash = ${key}`.execute(
        db()
      )
    }
    await age('23 hours 59 minutes')
    expect(await answerOnce(db(), key, async () => 'again')).toEqual({ answer: 'first', done: false })
    await age('24 hours 1 second')
    expect(await answerOnce(db(), key, async () => 'again')).toEqual({ answer: 'again', done: true })
    expect(await answerOnce(db(), key, async () => 'once more')).toEqual({ answer: 'again', done: false })
  })
})
