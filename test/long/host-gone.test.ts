import { sql } from 'kysely'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createBatchyardClient } from '../../client/index.ts'
import { startServer } from '../../scripts/server-process.ts'
import { LEASE_SECONDS } from '../../src/operations/attempt/lease.ts'
import { openDatabase } from '../../src/store/database/open-database.ts'
import { seeHost } from '../../src/store/queries/hosts.ts'
import { operationById } from '../../src/store/queries/operations.ts'
import { processesOf } from '../support/service/data-folder.ts'
import { silentLog } from '../support/log.ts'
import { SPEC, ended, launch, post, resources, withDataDir } from '../support/service/service.ts'

const settings = { BATCHYARD_ENGINE: process.env.BATCHYARD_ENGINE ?? 'sandbox' }

describe('An operation whose worker and engine were on another host', () => {
  test('is left to that host while it is alive, and taken over when it is gone', async () => {
    await withDataDir(async (dataDir) => {
      const first = await startServer({ speed: 0.02, dataDir, settings })
      const accepted = await post(createBatchyardClient(first.base))
      while ((await resources(createBatchyardClient(first.base))).length === 0) await delay(50)
      first.process.kill('SIGKILL')
      await once(first.process, 'exit')
      while ((await processesOf(dataDir)).some((command) => !command.includes('sandbox/aws'))) await delay(100)
      await moveElsewhere(dataDir, accepted.operation.id)

      const { service, client } = await launch(dataDir, { settings: { BATCHYARD_SANDBOX_SPEED: '0' } })
      try {
        const { db } = service.context.database
        // A create that comes later is done meanwhile; this one is not.
        const other = await post(client, { ...SPEC, name: 'other' })
        expect((await ended(client, other.operation)).operation.state).toBe('succeeded')
        expect(await operationById(db, accepted.operation.id)).toMatchObject({ state: 'running', attempt: 1 })

        await sql`update hosts set seen_at = seen_at - interval '1 hour' where name = 'elsewhere'`.execute(db)
        expect((await ended(client, accepted.operation)).operation).toMatchObject({ state: 'succeeded', attempt: 2 })
        const inCloud = (await resources(client)).map(({ type, name }) => `${type} ${name}`)
        expect(new Set(inCloud).size).toBe(inCloud.length)
      } finally {
        await service.stop()
      }
    })
  })

  /** What was done here was done on a host `elsewhere`: its lease has run out, and it is alive. */
  async function moveElsewhere (dataDir: string, operationId: string): Promise<void> {
    const database = await openDatabase({ dataDir, log: silentLog })
    await sql`
      update operations set worker = 'elsewhere:1:1', engine = jsonb_set(engine, '{host}', '"elsewhere"'),
        lease_until = clock_timestamp() - make_interval(secs => ${LEASE_SECONDS}::float8)
          where id = ${operationId}`.execute(
      database.db
    )
    await seeHost(database.db, 'elsewhere')
    await database.close()
    const locks = join(dataDir, 'state/.pulumi/locks')
    for (const name of (await readdir(locks, { recursive: true }).catch(() => [])).filter((file) =>
      file.endsWith('.json')
    )) {
      const lock = JSON.parse(await readFile(join(locks, name), 'utf8')) as object
      await writeFile(join(locks, name), JSON.stringify({ ...lock, hostname: 'elsewhere' }))
    }
  }
})
