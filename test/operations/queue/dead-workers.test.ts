import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { identify } from '../../../src/host-processes.ts'
import { endLeasesOfDead, workerName } from '../../../src/operations/queue/dead-workers.ts'
import { claimNext } from '../../../src/store/queries/claims.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { givenEnvironment, givenOperation } from '../../support/database/records.ts'

const RULES = { host: hostname(), hostGoneSeconds: 600, teamLimit: 0 }
const LEASE_SECONDS = 600

async function startProcess (): Promise<{ child: ChildProcess, name: string }> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' })
  await once(child, 'spawn')
  const { host, pid, startTime } = await identify(child.pid ?? 0) ?? {}
  return { child, name: `${host}:${pid}:${startTime}` }
}

async function kill (child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describeOnEachDatabase('An operation whose worker is gone', (use) => {
  const claim = async (worker: string) =>
    claimNext(use().database.db, { ...RULES, worker, leaseSeconds: LEASE_SECONDS })

  async function givenClaimed (worker: string): Promise<string> {
    const { db } = use().database
    const { id } = await givenOperation(db, (await givenEnvironment(db)).id)
    expect((await claim(worker))?.operation.id).toBe(id)
    return id
  }

  test('is free long before its lease ends when its worker was a process of this host that is dead', async () => {
    const { child, name } = await startProcess()
    try {
      const id = await givenClaimed(name)
      expect(await endLeasesOfDead(use().database.db)).toBe(0)
      expect(await claim('another')).toBeUndefined()
      await kill(child)
      expect(await endLeasesOfDead(use().database.db)).toBe(1)
      expect((await claim('another'))?.operation).toMatchObject({ id, attempt: 2 })
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('is free at once when another process has the worker\'s pid by now', async () => {
    await givenClaimed(`${hostname()}:${process.pid}:1`)
    expect(await endLeasesOfDead(use().database.db)).toBe(1)
  })

  test('keeps its lease while its worker lives, is of another host, or did not say which process it is', async () => {
    const { db } = use().database
    await givenClaimed(await workerName())
    for (const name of [`elsewhere:${process.pid}:1`, `${hostname()}:999999999`, 'worker-1']) {
      await sql`update operations set worker = ${name}`.execute(db)
      expect(await endLeasesOfDead(db)).toBe(0)
    }
  })

  test('that has ended, or waits, is left alone', async () => {
    const { db } = use().database
    await givenClaimed(`${hostname()}:${process.pid}:1`)
    await sql`update operations set state = 'succeeded', lease_until = null, finished_at = now()`.execute(db)
    expect(await endLeasesOfDead(db)).toBe(0)
  })
})
