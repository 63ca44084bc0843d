import { sql, type Transaction } from 'kysely'
import { pino } from 'pino'
import { expect, it, vi } from 'vitest'
import { createRecorder, type Recorder } from '../../../src/operations/events/recorder.ts'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import { claimNext } from '../../../src/store/queries/claims.ts'
import type { Database } from '../../../src/store/database/database.ts'
import { pageOfEvents } from '../../../src/store/queries/events.ts'
import type { Fence } from '../../../src/store/sql.ts'
import type { Tables } from '../../../src/store/tables.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { givenEnvironment, givenOperation } from '../../support/database/records.ts'

const note = (message: string): EngineEvent => ({ type: 'diagnostic', severity: 'info', message })

type Fault = 'unanswered' | 'rolled back'

/** The database over a connection that breaks with each of these transactions: after its commit, or before. */
function breaking (database: Database, faults: readonly Fault[]): Database {
  const left = [...faults]
  const db = new Proxy(database.db, {
    get (target, property) {
      if (property !== 'transaction') return Reflect.get(target, property, target) as unknown
      return () => ({
        async execute <T> (work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
          const fault = left.shift()
          const answer = await target.transaction().execute(async (trx) => {
            const result = await work(trx)
            if (fault === 'rolled back') throw new Error('Connection terminated unexpectedly')
            return result
          })
          if (fault === 'unanswered') throw new Error('Connection terminated unexpectedly')
          return answer
        }
      })
    }
  })
  return { ...database, db }
}

describeOnEachDatabase('what an engine tells', (use) => {
  const claim = async (): Promise<Fence> => {
    const scheduling = { host: 'host-1', hostGoneSeconds: 600, teamLimit: 0, worker: 'worker-1', leaseSeconds: 60 }
    const claimed = await claimNext(use().database.db, scheduling)
    if (!claimed) throw new Error('nothing was claimed')
    return { operationId: claimed.operation.id, attempt: claimed.operation.attempt }
  }
  const givenAttempt = async (): Promise<Fence> => {
    const { db } = use().database
    await givenOperation(db, (await givenEnvironment(db)).id)
    return claim()
  }
  const recorderOf = (fence: Fence, database = use().database, onLeaseLost = (): void => undefined): Recorder =>
    createRecorder({ database, fence, log: pino({ level: 'silent' }), onLeaseLost })
  const stored = async ({ operationId }: Fence): Promise<string[]> =>
    (await pageOfEvents(use().database.db, operationId, { after: 0, limit: 5_000 })).map(({ body }) =>
      body.type === 'diagnostic' ? body.message : body.type
    )

  it('is stored once and in order, though the answers to two commits are lost', async () => {
    const fence = await givenAttempt()
    const recorder = recorderOf(fence, breaking(use().database, ['unanswered', 'unanswered']))
    recorder.add(note('a'))
    recorder.add(note('b'))
    await vi.waitFor(async () => expect(await stored(fence)).toEqual(['a', 'b']), { timeout: 10_000 })
    recorder.add(note('c'))
    await expect(recorder.close()).rejects.toThrow('Connection terminated')
    await recorder.close()
    expect(await stored(fence)).toEqual(['a', 'b', 'c'])
  })

  it('is stored from the oldest kept event on, where the database is away for more of them than are kept', async () => {
    const fence = await givenAttempt()
    const recorder = recorderOf(fence, breaking(use().database, ['unanswered', 'rolled back']))
    recorder.add(note('a'))
    await vi.waitFor(async () => expect(await stored(fence)).toEqual(['a']), { timeout: 10_000 })
    for (let n = 0; n < 2_500; n++) recorder.add(note(`${n}`))
    await expect(recorder.close()).rejects.toThrow('Connection terminated')
    await recorder.close()
    expect(await stored(fence)).toEqual(['a', ...Array.from({ length: 2_000 }, (_, n) => `${500 + n}`)])
  })

  it('begins anew with the next attempt, and what the one before still has is not stored', async () => {
    const first = await givenAttempt()
    const recorder = recorderOf(first)
    recorder.add(note('of the first'))
    await recorder.close()
    const lost = vi.fn()
    const late = recorderOf(first, use().database, lost)
    await sql`update operations set lease_until = clock_timestamp() - interval '1 second'`.execute(use().database.db)
    const second = recorderOf(await claim())
    second.add(note('of the second'))
    await second.close()
    late.add(note('too late'))
    await late.close()
    expect(lost).toHaveBeenCalledOnce()
    expect(await stored(first)).toEqual(['of the first', 'of the second'])
  })
})
