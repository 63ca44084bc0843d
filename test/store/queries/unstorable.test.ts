import { expect, it } from 'vitest'
import { operationError } from '../../../src/errors.ts'
import { finishOperation, noteInput, setEngine } from '../../../src/store/queries/attempts.ts'
import { writeOutcome, environmentById, setCondition } from '../../../src/store/queries/environments.ts'
import { appendEvents, pageOfEvents } from '../../../src/store/queries/events.ts'
import { operationById } from '../../../src/store/queries/operations.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { givenClaim, givenEnvironment, givenOperation } from '../../support/database/records.ts'

/** As the cloud, the engine or a program may say it; Postgres refuses its NUL and its half of a surrogate pair. */
const SAID = 'odd \u0000words \ud83d'
const STORED = 'odd words \ufffd'

describeOnEachDatabase('text that Postgres cannot store', (use) => {
  const db = () => use().database.db

  it('is stored without what cannot be, in events, notes, results, errors, conditions and outputs', async () => {
    const { id } = await givenEnvironment(db())
    const fence = await givenClaim(db(), (await givenOperation(db(), id)).id)
    const named = { urn: SAID, resourceType: SAID, name: SAID, id: SAID }
    const outputs = { ecs_cluster_name: SAID, job_queue_name: 'q', job_definition_arn: 'd', [SAID]: [SAID] }

    await appendEvents(db(), fence, [{ type: 'diagnostic', severity: 'info', message: SAID }])
    await noteInput(db(), fence, { retaining: [named] })
    await setEngine(db(), fence, { host: SAID, pid: 1, startTime: SAID })
    await setCondition(db(), id, { type: 'Drifted', status: true, reason: SAID })
    await writeOutcome(db(), fence, { phase: 'ready', outputs })
    await finishOperation(db(), fence, {
      state: 'succeeded',
      result: { resources: [], unmanaged: [{ arn: SAID, tags: { [SAID]: SAID } }] }
    })

    const [event] = await pageOfEvents(db(), fence.operationId, { after: 0, limit: 1 })
    expect(event?.body).toMatchObject({ message: STORED })
    expect(await operationById(db(), fence.operationId)).toMatchObject({
      state: 'succeeded',
      engine: { host: STORED, startTime: STORED },
      input: { retaining: [{ urn: STORED, resourceType: STORED, name: STORED, id: STORED }] },
      result: { unmanaged: [{ arn: STORED, tags: { [STORED]: STORED } }] }
    })
    expect(await environmentById(db(), id)).toMatchObject({
      conditions: [{ reason: STORED }],
      outputs: { ecs_cluster_name: STORED, [STORED]: [STORED] }
    })
  })

  it('ends an operation, though nobody has cleaned its error', async () => {
    const { id } = await givenEnvironment(db())
    const fence = await givenClaim(db(), (await givenOperation(db(), id)).id)
    const error = { ...operationError('cloud-rejected', 'x'), detail: SAID, cloudRequestId: SAID }
    expect(await finishOperation(db(), fence, { state: 'failed', error })).toBe(true)
    expect((await operationById(db(), fence.operationId))?.error).toMatchObject({
      detail: STORED,
      cloudRequestId: STORED
    })
  })

  it('is told from a backslash that is written before the same letters', async () => {
    const { id } = await givenEnvironment(db())
    const fence = await givenClaim(db(), (await givenOperation(db(), id)).id)
    await appendEvents(db(), fence, [{ type: 'diagnostic', severity: 'info', message: '\\u0000 \\ud83d 😀' }])
    const [event] = await pageOfEvents(db(), fence.operationId, { after: 0, limit: 1 })
    expect(event?.body).toMatchObject({ message: '\\u0000 \\ud83d 😀' })
  })
})
