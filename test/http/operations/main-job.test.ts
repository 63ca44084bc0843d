import { describe, expect, test } from 'vitest'
import { findPostgres, startPostgres } from '../../support/database/postgres.ts'
import {
  ended,
  environment,
  post,
  remove,
  resources,
  withService,
  type TestService
} from '../../support/service/service.ts'

async function doTheMainJob ({ client }: TestService): Promise<void> {
  const accepted = await post(client)
  expect(accepted.phase).toBe('creating')
  expect(accepted.operation).toMatchObject({ kind: 'create', environmentId: accepted.id })

  const created = await ended(client, accepted.operation)
  expect(created.operation).toMatchObject({ state: 'succeeded', error: null })
  expect(created.operation.progress.done).toBe(created.operation.progress.total)
  expect(created.events.map(({ id }) => id)).toEqual(created.events.map((_, index) => index + 1))
  expect(created.events[0]?.event).toMatchObject({ type: 'state', state: 'running' })
  expect(created.events.at(-1)?.event).toMatchObject({ type: 'state', state: 'succeeded' })

  const ready = await environment(client, accepted.id)
  expect(ready).toMatchObject({ phase: 'ready', generation: 1, observedGeneration: 1, cloud: 'sandbox' })
  const { data: outputs } = await client.GET('/environments/{id}/outputs', { params: { path: { id: accepted.id } } })
  expect(outputs).toEqual(ready.outputs)
  const inCloud = await resources(client)
  expect(inCloud.map(({ name }) => name)).toEqual(
    expect.arrayContaining([outputs?.ecs_cluster_name, outputs?.job_queue_name])
  )
  expect(inCloud.map(({ arn }) => arn)).toContain(outputs?.job_definition_arn)
  expect(inCloud).toHaveLength(created.operation.progress.total ?? -1)

  const deleting = await remove(client, accepted.id)
  expect(deleting.phase).toBe('deleting')
  const deleted = await ended(client, deleting.operation)
  expect(deleted.operation).toMatchObject({
    state: 'succeeded',
    progress: { done: inCloud.length, total: inCloud.length }
  })
  expect(await resources(client)).toEqual([])
  expect(await environment(client, accepted.id)).toMatchObject({ phase: 'deleted', outputs: null })
}

describe('The main job', () => {
  test('an environment is created, can be read, and is torn down to nothing', async () => {
    await withService(doTheMainJob)
  })

  const bin = findPostgres()
  if (bin === undefined) {
    process.stderr.write('The main job on Postgres is skipped: no initdb and postgres on this machine.\n')
  }
  test.skipIf(bin === undefined)('all of it works with a Postgres server as the database too', async () => {
    const server = await startPostgres(bin ?? '')
    try {
      await withService(doTheMainJob, { settings: { DATABASE_URL: await server.createDatabase() } })
    } finally {
      await server.stop()
    }
  })
})
