import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { finishOperation } from '../../../src/store/queries/attempts.ts'
import { writeOutcome, environmentById } from '../../../src/store/queries/environments.ts'
import { appendEvents, pageOfEvents } from '../../../src/store/queries/events.ts'
import { claimKey } from '../../../src/store/queries/idempotency.ts'
import { insertOperation, operationById } from '../../../src/store/queries/operations.ts'
import { pruneEnvironments, pruneEvents, pruneIdempotencyKeys } from '../../../src/store/queries/retention.ts'
import type { OperationKind } from '../../../src/schemas/operation.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import {
  givenClaim,
  givenEnvironment,
  givenOperation,
  givenTeam,
  ids,
  PREVIEW
} from '../../support/database/records.ts'

describeOnEachDatabase('retention', (use) => {
  const db = () => use().database.db

  /** An operation with one event that ended so many days ago. */
  async function givenEnded (environmentId: string, kind: OperationKind, days: number): Promise<string> {
    const { id } = await givenOperation(db(), environmentId, kind)
    await endDaysAgo(id, days)
    return id
  }

  async function endDaysAgo (id: string, days: number): Promise<void> {
    const fence = await givenClaim(db(), id)
    await appendEvents(db(), fence, [{ type: 'state', state: 'running', attempt: 1 }])
    await finishOperation(db(), fence, { state: 'succeeded' })
    await sql`update operations set finished_at = now() - make_interval(days => ${days}::integer)
      where id = ${id}`.execute(
      db()
    )
  }

  const eventsOf = async (id: string) => (await pageOfEvents(db(), id, { after: 0, limit: 10 })).length

  it('takes the events of what ended long ago, and keeps the operation', async () => {
    const { id } = await givenEnvironment(db())
    const old = await givenEnded(id, 'create', 31)
    const young = await givenEnded(id, 'update', 29)
    expect(await pruneEvents(db(), 30)).toBe(1)
    expect([await eventsOf(old), await eventsOf(young)]).toEqual([0, 1])
    expect(await operationById(db(), old)).toMatchObject({ state: 'succeeded', last_event: 1 })
    expect(await pruneEvents(db(), 30)).toBe(0)
  })

  it('takes old previews and drift checks altogether, of environments that never came to be too', async () => {
    const { id } = await givenEnvironment(db())
    const preview = await givenEnded(id, 'preview', 31)
    const check = await givenEnded(id, 'drift-check', 31)
    await givenTeam(db(), 'speech')
    const homeless = ids.operation()
    await insertOperation(db(), {
      id: homeless,
      environmentId: null,
      team: 'speech',
      kind: 'preview',
      input: { preview: PREVIEW },
      generation: 1,
      requestId: null
    })
    await endDaysAgo(homeless, 31)
    const young = await givenEnded(id, 'preview', 29)
    expect(await pruneEvents(db(), 30)).toBe(3)
    for (const gone of [preview, check, homeless]) {
      expect([await operationById(db(), gone), await eventsOf(gone)]).toEqual([undefined, 0])
    }
    expect(await operationById(db(), young)).toBeDefined()
  })

  it('never takes what has not ended', async () => {
    const { id } = await givenEnvironment(db())
    const fence = await givenClaim(db(), (await givenOperation(db(), id)).id)
    await appendEvents(db(), fence, [{ type: 'state', state: 'running', attempt: 1 }])
    await sql`update operations set created_at = now() - interval '10 years',
      queued_at = now() - interval '10 years'`.execute(
        db()
      )
    expect(await pruneEvents(db(), 1)).toBe(0)
    expect(await eventsOf(fence.operationId)).toBe(1)
  })

  it('takes an environment deleted long ago with its history, and no other of its name', async () => {
    const gone = await givenEnvironment(db())
    const fence = await givenClaim(db(), (await givenOperation(db(), gone.id, 'delete')).id)
    await appendEvents(db(), fence, [{ type: 'state', state: 'running', attempt: 1 }])
    await writeOutcome(db(), fence, { phase: 'deleted', outputs: null })
    await finishOperation(db(), fence, { state: 'succeeded' })
    const living = await givenEnvironment(db())
    expect(await pruneEnvironments(db(), 90)).toBe(0)
    await sql`update environments set deleted_at = now() - interval '91 days' where id = ${gone.id}`.execute(db())
    expect(await pruneEnvironments(db(), 90)).toBe(1)
    expect([
      await environmentById(db(), gone.id),
      await operationById(db(), fence.operationId),
      await eventsOf(fence.operationId)
    ]).toEqual([undefined, undefined, 0])
    expect(await environmentById(db(), living.id)).toBeDefined()
  })

  it('goes in batches, until nothing is left', async () => {
    await givenTeam(db(), 'vision')
    await sql`insert into environments (id, team, name, cloud, phase, placement, spec, resolved, deleted_at)
      select 'env_' || lpad(n::text, 26, '0'), 'vision', 'name-' || n, 'sandbox', 'deleted', '{}', '{}', '{}',
        now() - interval '1 year' from generate_series(1, 30) n`.execute(
        db()
      )
    expect([
      await pruneEnvironments(db(), 90),
      await pruneEnvironments(db(), 90),
      await pruneEnvironments(db(), 90)
    ]).toEqual([20, 10, 0])
  })

  it('forgets Idempotency-Keys that count no more', async () => {
    await sql`truncate idempotency_keys`.execute(db())
    const [old, young] = [randomBytes(32), randomBytes(32)]
    for (const key of [old, young]) await claimKey(db(), key, randomBytes(32))
    await sql`update idempotency_keys set created_at = clock_timestamp() - interval '25 hours'
      where hash = ${old}`.execute(
      db()
    )
    expect(await pruneIdempotencyKeys(db())).toBe(1)
    expect(await pruneIdempotencyKeys(db())).toBe(0)
    expect(
      (await sql<{ hash: Uint8Array }>`select hash from idempotency_keys`.execute(db())).rows.map(({ hash }) =>
        Buffer.from(hash)
      )
    ).toEqual([young])
  })
})
