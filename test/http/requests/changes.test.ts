import { describe, expect, test } from 'vitest'
import type { Environment, Problem } from '../../../client/index.ts'
import { call, type Answer, type Ask } from '../../support/http/call.ts'
import { addFault, clearFaults } from '../../support/http/faults.ts'
import { ended, environment, post, resources, SPEC } from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'

const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'
const QUEUE = 'aws:batch/jobQueue:JobQueue'
const DENIED = {
  kind: 'fail',
  code: 'AccessDeniedException',
  message: 'not authorized to perform it',
  httpStatus: 403
} as const
const maxVcpus = (count: number) => ({ compute: { default: { maxVcpus: count } } })

describe('A change', () => {
  const service = sharedService()
  const patch = async <Body = Environment>(
    id: string,
    body: unknown,
    headers: Ask['headers'] = {}
  ): Promise<Answer<Body>> => call<Body>(service().base, 'PATCH', `/environments/${id}`, { body, headers })
  const end = async ({ operation }: Pick<Environment, 'operation'>) => {
    if (!operation) throw new Error('no operation was begun')
    return ended(service().client, operation)
  }
  const inCloud = async (type: string, name: string) =>
    (await resources(service().client)).filter(
      (each) => each.type === type && each.tags['batchyard:environment'] === name
    )

  test('is made in place, answers the last good outputs meanwhile, and goes by generations', async () => {
    const { client, base, service: { context: { database: { db } } } } = service()
    const created = await post(client)
    await end(created)
    const { outputs } = await environment(client, created.id)
    const outputsNow = async () => (await call(base, 'GET', `/environments/${created.id}/outputs`)).body

    const nothing = await patch(created.id, {}, { 'if-match': '"1"' })
    expect([nothing.status, nothing.headers.get('etag'), nothing.body.operation?.id]).toEqual([
      200,
      '"1"',
      created.operation.id
    ])
    const inOtherWords = await patch(
      created.id,
      { region: 'us-east-1', labels: null, deletion: { protected: false } },
      { 'if-match': '*' }
    )
    expect(inOtherWords).toMatchObject({
      status: 200,
      body: { generation: 2, observedGeneration: 2, phase: 'ready', operation: { id: created.operation.id } }
    })
    expect(inOtherWords.body.spec).toEqual({ ...SPEC, region: 'us-east-1', deletion: { protected: false } })
    expect((await patch<Problem>(created.id, { region: 'eu-west-1' })).status).toBe(400)
    expect((await patch<Problem>(`${created.id}?bucket=empty`, {})).status).toBe(400)

    await addFault(client, { kind: 'hang', on: 'update', type: COMPUTE })
    const changed = await patch(`${created.id}?jobs=terminate`, maxVcpus(200), {
      'content-type': 'application/merge-patch+json',
      'if-match': '"2", "7"'
    })
    expect([changed.status, changed.headers.get('etag'), changed.headers.get('location')]).toEqual([
      202,
      '"3"',
      `/environments/${created.id}`
    ])
    expect(changed.body).toMatchObject({
      phase: 'updating',
      generation: 3,
      observedGeneration: 2,
      spec: maxVcpus(200),
      operation: { kind: 'update', state: 'queued' }
    })
    expect(await outputsNow()).toEqual(outputs)

    for (const query of ['', '?jobs=terminate']) {
      const same = await patch(`${created.id}${query}`, maxVcpus(200))
      expect([query, same.status, same.body.operation?.id]).toEqual([query, 200, changed.body.operation?.id])
    }
    // Another spec, or the same one in another way.
    for (const [query, count] of [['', 201], ['?jobs=refuse', 200]] as const) {
      const other = await patch<Problem>(`${created.id}${query}`, maxVcpus(count))
      expect([query, other.status, other.body.code, other.body.operation]).toEqual([
        query,
        409,
        'operation-in-progress',
        `/operations/${changed.body.operation?.id}`
      ])
    }
    const stored = await db
      .selectFrom('operations')
      .select('input')
      .where('id', '=', changed.body.operation?.id ?? '')
      .executeTakeFirstOrThrow()
    expect(stored.input).toEqual({
      deletion: { protected: false, bucket: 'refuse', jobs: 'terminate', logs: 'delete' }
    })
    await clearFaults(client)

    const { operation, events } = await end(changed.body)
    expect(operation).toMatchObject({ state: 'succeeded', kind: 'update' })
    expect(await environment(client, created.id)).toMatchObject({
      phase: 'ready',
      generation: 3,
      observedGeneration: 3
    })
    const touched = events.flatMap(({ event }) =>
      event.type === 'resource' && event.status === 'succeeded' && event.action !== 'same'
        ? [`${event.action} ${event.resourceType}`]
        : []
    )
    expect(touched).toEqual([`update ${COMPUTE}`])

    const stale = await patch<Problem>(created.id, { labels: { a: 'b' } }, { 'if-match': '"2"' })
    expect([stale.status, stale.body.code]).toEqual([412, 'precondition-failed'])
    expect(stale.body.changed).toEqual([{ pointer: '/compute', after: { default: { maxVcpus: 200 } } }])
    const unknown = await patch<Problem>(created.id, {}, { 'if-match': 'W/"3"' })
    expect([unknown.status, unknown.body.changed]).toEqual([412, undefined])
    const remove = async <Body = Environment>(ifMatch: string) =>
      call<Body>(base, 'DELETE', `/environments/${created.id}`, { headers: { 'if-match': ifMatch } })
    const kept = await remove<Problem>('"2"')
    expect([kept.status, kept.body.changed]).toEqual([412, stale.body.changed])
    expect((await environment(client, created.id)).phase).toBe('ready')
    expect((await remove('"3"')).status).toBe(202)
  })

  test('that cannot be is refused with every wrong field at once, and stores nothing', async () => {
    const { client, base } = service()
    const { id, operation } = await post(client, { ...SPEC, name: 'refusing' })
    const refused = await patch<Problem>(id, {
      team: 'audio',
      name: 'other',
      region: 'eu-west-1',
      other: 1,
      queues: { a1: {}, b1: {} },
      jobs: { default: { image: 'has a space', vcpus: 3 } }
    })
    expect([refused.status, refused.body.code]).toEqual([400, 'validation-failed'])
    expect(refused.body.errors?.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/jobs/default/image',
      '/jobs/default/vcpus',
      '/name',
      '/other',
      '/queues',
      '/region',
      '/team'
    ])
    expect(refused.body.errors?.find(({ pointer }) => pointer === '/team')?.message).toContain(
      'cannot be changed, it is vision'
    )
    const removed = await patch<Problem>(id, { team: null, jobs: null })
    expect(removed.body.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(['/jobs', '/team'])

    for (const [what, ask, status] of [
      ['a list', { body: [] }, 400],
      ['nothing', {}, 400],
      ['text', { body: 'x', headers: { 'content-type': 'text/plain' } }, 400],
      ['a patch of JSON pointers', { body: '[]', headers: { 'content-type': 'application/json-patch+json' } }, 415],
      ['an If-Match without quotes', { body: {}, headers: { 'if-match': '1' } }, 400],
      ['a NUL', { body: { labels: { a: 'x\u0000' } } }, 400]
    ] as const) {
      expect([what, (await call(base, 'PATCH', `/environments/${id}`, ask)).status]).toEqual([what, status])
    }
    expect((await patch<Problem>('env_00000000000000000000000000', {})).status).toBe(404)
    expect(await environment(client, id)).toMatchObject({
      generation: 1,
      spec: { ...SPEC, name: 'refusing' },
      operation: { id: operation.id }
    })
    await end({ operation })
  })

  test('that fails leaves the last good outputs, and the same patch again carries it on', async () => {
    const { client } = service()
    const created = await post(client, { ...SPEC, name: 'failing' })
    await end(created)
    const { outputs } = await environment(client, created.id)
    await addFault(client, { ...DENIED, on: 'update', type: COMPUTE })
    const failed = await patch(created.id, { ...maxVcpus(300), labels: { stage: 'test' } })
    expect((await end(failed.body)).operation).toMatchObject({
      state: 'failed',
      retries: 0,
      error: { code: 'access-denied' }
    })
    expect(await environment(client, created.id)).toMatchObject({
      phase: 'degraded',
      generation: 2,
      observedGeneration: 1,
      outputs
    })

    const again = await patch(created.id, { ...maxVcpus(300), labels: { stage: 'test' } })
    expect([again.status, again.body.generation, again.body.phase]).toEqual([202, 2, 'updating'])
    expect((await end(again.body)).operation.state).toBe('succeeded')
    expect(await environment(client, created.id)).toMatchObject({
      phase: 'ready',
      generation: 2,
      observedGeneration: 2
    })
    expect(await inCloud(COMPUTE, 'failing')).toMatchObject([{ properties: { computeResources: { maxVcpus: 300 } } }])
  })

  test('of an environment whose creation failed carries that on, with each resource once', async () => {
    const { client } = service()
    await addFault(client, { ...DENIED, on: 'create', type: QUEUE })
    const created = await post(client, { ...SPEC, name: 'mended' })
    expect((await end(created)).operation.state).toBe('failed')
    expect((await environment(client, created.id)).phase).toBe('failed')
    const mended = await patch(created.id, { labels: { stage: 'test' } })
    expect([mended.status, mended.body.operation?.kind]).toEqual([202, 'update'])
    expect((await end(mended.body)).operation.state).toBe('succeeded')
    expect(await environment(client, created.id)).toMatchObject({
      phase: 'ready',
      observedGeneration: 2,
      outputs: { job_queue_name: expect.any(String) }
    })
    for (const type of [QUEUE, COMPUTE, 'aws:s3/bucket:Bucket', 'aws:ecs/cluster:Cluster']) {
      expect([type, (await inCloud(type, 'mended')).length]).toEqual([type, 1])
    }
  })
})
