import { describe, expect, test } from 'vitest'
import type { Environment, Operation, OperationEvent, Problem } from '../../../client/index.ts'
import { call } from '../../support/http/call.ts'
import { addFault, clearFaults, untilFaultApplied } from '../../support/http/faults.ts'
import { ended, environment, post, resources, SPEC } from '../../support/service/service.ts'
import type { DeleteInput } from '../../../src/store/tables.ts'
import { sharedService } from '../../support/service/shared-service.ts'

const BUCKET = 'aws:s3/bucket:Bucket'
const LOGS = 'aws:cloudwatch/logGroup:LogGroup'
const QUEUE = 'aws:batch/jobQueue:JobQueue'
const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'
const ROLE = 'aws:iam/role:Role'

/** The types of what was deleted, in the order in which each was done with. */
const deletedIn = (events: readonly OperationEvent[]): string[] =>
  events.flatMap(({ event }) =>
    event.type === 'resource' && event.action === 'delete' && event.status === 'succeeded' ? [event.resourceType] : []
  )
const messagesIn = (events: readonly OperationEvent[]): string[] =>
  events.flatMap(({ event }) => (event.type === 'diagnostic' ? [event.message] : []))

describe('A delete', () => {
  const service = sharedService({ settings: { BATCHYARD_RETRY_LIMIT: '2', BATCHYARD_RETRY_SECONDS: '0.05' } })
  const remove = async <Body = Environment>(id: string, query = '') =>
    call<Body>(service().base, 'DELETE', `/environments/${id}${query}`)
  const end = async ({ operation }: { operation: Operation | null }) =>
    ended(service().client, { id: operation?.id ?? '' })
  const of = async (id: string) => (await resources(service().client)).filter(({ tags }) => tags['batchyard:id'] === id)
  const put = async (bucket: string, key: string) =>
    call(service().base, 'PUT', `/sandbox/buckets/${bucket}/objects/${key}`, { body: { size: 3 } })

  test('that would lose data or work is refused before anything is deleted, unless the call allows it', async () => {
    const { client, base } = service()
    const created = await post(client, { ...SPEC, deletion: { protected: true } })
    await end(created)
    const ready = await environment(client, created.id)
    const bucket = (await of(created.id)).find(({ type }) => type === BUCKET)?.name ?? ''
    for (const key of ['model.bin', 'log.txt']) await put(bucket, key)
    const before = await resources(client)
    const untouched = async (): Promise<void> => {
      expect(await resources(client)).toEqual(before)
      expect(await environment(client, created.id)).toMatchObject({ phase: 'ready', outputs: ready.outputs })
    }

    const locked = await remove<Problem>(created.id)
    expect([locked.status, locked.body.code]).toEqual([409, 'deletion-protected'])
    const full = await remove(created.id, '?protected=false')
    expect([full.status, full.body.phase]).toEqual([202, 'deleting'])
    const refused = (await end(full.body)).operation
    expect(refused).toMatchObject({
      state: 'failed',
      error: { code: 'bucket-not-empty', detail: `The bucket ${bucket} holds 2 objects.` }
    })
    await untouched()

    for (const status of ['RUNNING', 'RUNNABLE', 'FAILED']) {
      await call(base, 'POST', '/sandbox/jobs', { body: { queue: ready.outputs?.job_queue_name, status } })
    }
    // A try that fails while it counts has allowed nothing: the next one counts again.
    await addFault(client, { kind: 'throttle', on: 'read', type: QUEUE, count: 6 })
    const busy = (await end((await remove(created.id, '?protected=false&bucket=empty')).body)).operation
    expect(busy).toMatchObject({
      state: 'failed',
      error: { code: 'jobs-running', detail: '2 jobs are not over, 1 of them running.', retryable: true }
    })
    await untouched()
    expect((await call<{ items: unknown[] }>(base, 'GET', '/sandbox/jobs?status=RUNNING')).body.items).toHaveLength(1)

    const { operation, events } = await end(
      (await remove(created.id, '?protected=false&bucket=empty&jobs=terminate')).body
    )
    expect(operation).toMatchObject({ state: 'succeeded', retained: [] })
    expect(messagesIn(events)).toEqual(
      expect.arrayContaining(['2 jobs ended', `2 objects deleted from the bucket ${bucket}`])
    )
    const order = deletedIn(events)
    expect(order.indexOf(QUEUE)).toBeLessThan(order.indexOf(COMPUTE))
    expect(order.indexOf(COMPUTE)).toBeLessThan(order.lastIndexOf(ROLE))
    expect(
      events.findIndex(({ event }) => event.type === 'diagnostic' && event.message === '2 jobs ended')
    ).toBeLessThan(events.findIndex(({ event }) => event.type === 'resource'))
    expect(await resources(client)).toEqual([])
    expect(await environment(client, created.id)).toMatchObject({ phase: 'deleted', outputs: null })
  })

  test('ends where the cloud refuses it in words that Postgres cannot store', async () => {
    const { client, service: { sandbox } } = service()
    const created = await post(client, { ...SPEC, name: 'unstorable' })
    await end(created)
    await sandbox?.control.addFault({
      kind: 'fail',
      on: 'read',
      type: QUEUE,
      code: 'AccessDeniedException',
      message: 'no\u0000body may, half \ud83d',
      httpStatus: 403,
      count: 0
    })
    const { operation } = await end((await remove(created.id)).body)
    expect(operation).toMatchObject({
      state: 'failed',
      error: {
        code: 'access-denied',
        title: 'The cloud denied access',
        detail: expect.stringContaining('nobody may, half \ufffd') as string
      }
    })
    await clearFaults(client)
    expect((await end((await remove(created.id)).body)).operation.state).toBe('succeeded')
  })

  test('leaves the bucket and the logs in the account where the spec says so, and reports them', async () => {
    const { client } = service()
    const created = await post(client, { ...SPEC, name: 'retaining', deletion: { bucket: 'retain', logs: 'retain' } })
    await end(created)
    const [bucket, logs] = [BUCKET, LOGS].map(
      (type) => async () => (await of(created.id)).find((each) => each.type === type)
    )
    const kept = await bucket?.()
    await put(kept?.name ?? '', 'model.bin')
    const { operation } = await end((await remove(created.id)).body)
    expect(operation.state).toBe('succeeded')
    // With the bucket stay its settings: one that is kept stays private and encrypted.
    const retained = operation.retained?.map(({ resourceType }) => resourceType) ?? []
    expect(retained).toEqual(
      expect.arrayContaining([LOGS, BUCKET, 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock'])
    )
    expect(retained.filter((type) => type !== LOGS && !type.startsWith('aws:s3/'))).toEqual([])
    expect(operation.retained?.map(({ id }) => id)).toContain(kept?.id)
    expect((await resources(client)).map(({ type }) => type).toSorted()).toEqual(retained.toSorted())
    expect([await bucket?.(), await logs?.()]).toMatchObject([{ id: kept?.id }, { type: LOGS }])
    expect((await of(created.id)).filter(({ type }) => type === QUEUE || type === COMPUTE || type === ROLE)).toEqual([])
  })

  test('that runs answers the same request and refuses another; the next one knows what it retained', async () => {
    const {
      client,
      base,
      service: {
        context: {
          database: { db }
        }
      }
    } = service()
    const created = await post(client, { ...SPEC, name: 'disputed' })
    await end(created)
    await addFault(client, { kind: 'hang', on: 'delete', type: QUEUE })
    const first = await remove(created.id, '?bucket=retain&logs=retain')
    await untilFaultApplied(service().client)
    const link = `/operations/${first.body.operation?.id}`
    for (const same of ['', '?bucket=retain', '?bucket=retain&jobs=refuse&protected=false']) {
      expect([same, await remove(created.id, same)]).toMatchObject([
        same,
        { status: 202, body: { phase: 'deleting', links: { operation: link } } }
      ])
    }
    for (const other of ['?bucket=empty', '?bucket=retain&protected=true']) {
      const { status, body } = await remove<Problem>(created.id, other)
      expect([other, status, body.code, body.operation]).toEqual([other, 409, 'operation-in-progress', link])
      expect(body.detail).toMatch(
        /^a delete of the environment is running with \?.*bucket=retain.*; cancel it to say otherwise$/
      )
    }

    expect((await call<Operation>(base, 'POST', `${link}/cancel`)).body.state).toBe('running')
    const second = await remove(created.id, '?bucket=empty')
    expect([second.status, second.body.phase]).toEqual([202, 'deleting'])
    expect(second.body.links.operation).not.toBe(link)
    expect((await remove(created.id)).body.links.operation).toBe(second.body.links.operation)
    const stored = await db
      .selectFrom('operations')
      .select('input')
      .where('id', '=', second.body.operation?.id ?? '')
      .executeTakeFirstOrThrow()
    const { retaining } = stored.input as DeleteInput
    expect(retaining?.map(({ resourceType }) => resourceType).toSorted()).toEqual([LOGS, BUCKET])
    expect(stored.input).toMatchObject({ deletion: { bucket: 'empty' } })
    expect(stored.input).not.toHaveProperty('begun')
    await clearFaults(client)
    expect(['cancelled', 'succeeded']).toContain((await end(first.body)).operation.state)
    expect((await end(second.body)).operation.state).toBe('succeeded')
    expect((await environment(client, created.id)).phase).toBe('deleted')
    expect(
      (await of(created.id)).map(({ type }) => type).filter((type) => type !== LOGS && !type.startsWith('aws:s3/'))
    ).toEqual([])
  })

  test('in the middle of an update cancels that and carries on from what there is', async () => {
    const { client, base } = service()
    const created = await post(client, { ...SPEC, name: 'updating' })
    await end(created)
    await addFault(client, { kind: 'slow', on: 'update', type: COMPUTE, seconds: 2 })
    const { body: changed } = await call<Environment>(base, 'PATCH', `/environments/${created.id}`, {
      body: { compute: { default: { maxVcpus: 9 } } }
    })
    await untilFaultApplied(service().client)
    const deleting = await remove(created.id)
    expect([deleting.status, deleting.body.phase]).toEqual([202, 'deleting'])
    expect(['cancelled', 'succeeded']).toContain((await end(changed)).operation.state)
    expect((await end(deleting.body)).operation.state).toBe('succeeded')
    expect((await environment(client, created.id)).phase).toBe('deleted')
    expect(await of(created.id)).toEqual([])
  })
})
