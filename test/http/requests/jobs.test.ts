import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Environment, Operation, OperationEvent } from '../../../client/index.ts'
import { call } from '../../support/http/call.ts'
import { addFault, clearFaults, untilFaultApplied } from '../../support/http/faults.ts'
import { ended, environment, post, resources, SPEC } from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'

const QUEUE = 'aws:batch/jobQueue:JobQueue'
const BUCKET = 'aws:s3/bucket:Bucket'
const POLICY = 'aws:iam/rolePolicy:RolePolicy'
const DENIED = {
  kind: 'fail',
  code: 'AccessDeniedException',
  message: 'not authorized to perform it',
  httpStatus: 403
} as const

const messagesIn = (events: readonly OperationEvent[]): string[] =>
  events.flatMap(({ event }) => (event.type === 'diagnostic' ? [event.message] : []))

describe('What is in an environment', () => {
  const service = sharedService({ settings: { BATCHYARD_RETRY_LIMIT: '0' } })
  const ready = async (name: string, more = {}): Promise<Environment> => {
    const created = await post(service().client, { ...SPEC, name, ...more })
    await ended(service().client, created.operation)
    return environment(service().client, created.id)
  }
  const send = async (method: 'PATCH' | 'DELETE', path: string, body?: unknown) => {
    const { body: { operation } } = await call<Environment>(service().base, method, path, { body })
    if (!operation) throw new Error('no operation was begun')
    return operation
  }
  const end = async (operation: Pick<Operation, 'id'>) => ended(service().client, operation)
  const of = async (id: string) => (await resources(service().client)).filter(({ tags }) => tags['batchyard:id'] === id)
  const submit = async ({ outputs }: Environment, status = 'RUNNING') =>
    call(service().base, 'POST', '/sandbox/jobs', { body: { queue: outputs?.job_queue_name, status } })
  const jobs = async () =>
    (await call<{ items: Array<{ status: string }> }>(service().base, 'GET', '/sandbox/jobs')).body.items.map(
      ({ status }) => status
    )
  const queue = async (id: string) => (await of(id)).find(({ type }) => type === QUEUE)?.properties.state
  const drifted = async (id: string) =>
    (await environment(service().client, id)).conditions.find(({ type }) => type === 'Drifted')?.status

  test('is not ended by an update that replaces its queue or compute, unless the spec says so', async () => {
    const before = await ready('kept', { queues: { default: {} }, compute: { default: { type: 'FARGATE' } } })
    const path = `/environments/${before.id}`
    await submit(before)
    await submit(before, 'RUNNABLE')
    for (const body of [
      { queues: { default: null, fast: {} } },
      { compute: { default: { type: 'FARGATE_SPOT' } } },
      { compute: { default: null, other: { type: 'FARGATE' } } }
    ]) {
      const { operation } = await end(await send('PATCH', path, body))
      expect(operation).toMatchObject({
        state: 'failed',
        error: { code: 'jobs-running', detail: '2 jobs are not over, 1 of them running.' }
      })
      const back = { queues: { default: {}, fast: null }, compute: { default: { type: 'FARGATE' }, other: null } }
      expect((await end(await send('PATCH', path, back))).operation.state).toBe('succeeded')
    }
    expect([await jobs(), await queue(before.id)]).toEqual([['RUNNING', 'RUNNABLE'], 'ENABLED'])
    // What leaves both where they are is no matter of jobs.
    expect((await end(await send('PATCH', path, { compute: { default: { maxVcpus: 7 } } }))).operation.state).toBe(
      'succeeded'
    )
    expect(await jobs()).toEqual(['RUNNING', 'RUNNABLE'])

    const { operation, events } = await end(
      await send('PATCH', path, { compute: { default: { type: 'FARGATE_SPOT' } }, deletion: { jobs: 'terminate' } })
    )
    expect([operation.state, messagesIn(events), await jobs(), await queue(before.id)]).toEqual([
      'succeeded',
      ['2 jobs ended'],
      ['FAILED', 'FAILED'],
      'ENABLED'
    ])
    expect([await drifted(before.id), (await submit(before)).status]).toEqual([undefined, 201])
    await end(await send('DELETE', `${path}?jobs=terminate`))
  })

  test('gets jobs again when a delete is cancelled while it closes the queues', async () => {
    const { client, base } = service()
    const { id } = await ready('reopened')
    await addFault(client, { kind: 'slow', on: 'update', type: QUEUE, seconds: 2 })
    const deleting = await send('DELETE', `/environments/${id}`)
    await untilFaultApplied(service().client)
    await call(base, 'POST', `/operations/${deleting.id}/cancel`)
    expect((await end(deleting)).operation.state).toBe('cancelled')
    expect([(await environment(client, id)).phase, await queue(id)]).toEqual(['ready', 'ENABLED'])
    await end(await send('DELETE', `/environments/${id}`))
  })

  test('gets jobs again by an update when a delete has failed', async () => {
    const { client } = service()
    const { id } = await ready('half')
    await addFault(client, { ...DENIED, on: 'delete', type: QUEUE })
    expect((await end(await send('DELETE', `/environments/${id}`))).operation.state).toBe('failed')
    expect([await queue(id), await drifted(id)]).toEqual(['DISABLED', true])
    expect((await end(await send('PATCH', `/environments/${id}`, {}))).operation.state).toBe('succeeded')
    expect([await queue(id), await drifted(id)]).toEqual(['ENABLED', false])
    await end(await send('DELETE', `/environments/${id}`))
  })

  test('is deleted with objects written meanwhile where the bucket is to be emptied, and kept where not', async () => {
    const { client, base } = service()
    const remove = async (query: string) => {
      const { id } = await ready('written')
      const bucket = (await of(id)).find(({ type }) => type === BUCKET)?.name ?? ''
      await addFault(client, { kind: 'slow', on: 'delete', type: POLICY, seconds: 1, count: 0 })
      const deleting = await send('DELETE', `/environments/${id}${query}`)
      await untilFaultApplied(service().client)
      await call(base, 'PUT', `/sandbox/buckets/${bucket}/objects/late`, { body: { size: 1 } })
      const { operation } = await end(deleting)
      await clearFaults(client)
      return { operation, id }
    }
    const { operation, id } = await remove('')
    expect(operation).toMatchObject({
      state: 'failed',
      error: { code: 'bucket-not-empty', next: expect.stringContaining('the bucket and what belongs to it are left') }
    })
    expect((await end(await send('DELETE', `/environments/${id}?bucket=empty`))).operation.state).toBe('succeeded')
    expect((await remove('?bucket=empty')).operation.state).toBe('succeeded')
    expect(await resources(client)).toEqual([])
  })

  test('is reported as retained by the delete that succeeds, when the one before had retained it', async () => {
    const { client, base } = service()
    const { id } = await ready('left', { deletion: { bucket: 'retain', logs: 'retain' } })
    await addFault(client, { ...DENIED, on: 'delete', type: 'aws:iam/role:Role' })
    const failed = await send('DELETE', `/environments/${id}`)
    expect((await end(failed)).operation.state).toBe('failed')
    const { body: again } = await call<Operation>(base, 'POST', `/operations/${failed.id}/retry`)
    const { operation } = await end(again)
    const left = (await of(id)).map(({ type }) => type).toSorted()
    expect([operation.state, operation.retained?.map(({ resourceType }) => resourceType).toSorted()]).toEqual([
      'succeeded',
      expect.arrayContaining([BUCKET, 'aws:cloudwatch/logGroup:LogGroup'])
    ])
    expect(left).toEqual(expect.arrayContaining([BUCKET, 'aws:cloudwatch/logGroup:LogGroup']))
    for (const { key } of await resources(client)) {
      await call(base, 'DELETE', `/sandbox/resources/${encodeURIComponent(key)}`)
    }
  })

  test('is neither made twice nor left behind when its state is not there', async () => {
    const { client, dataDir } = service()
    const { id } = await ready('stateless')
    const before = await of(id)
    await rm(join(dataDir, 'state/.pulumi/stacks/batchyard', `${id}.json`))
    for (const [method, body] of [['PATCH', { labels: { a: 'b' } }], ['DELETE', undefined]] as const) {
      expect((await end(await send(method, `/environments/${id}`, body))).operation).toMatchObject({
        state: 'failed',
        error: { code: 'state-missing', detail: expect.stringContaining(' resources of it: arn:aws:') }
      })
    }
    expect(await of(id)).toHaveLength(before.length)
    expect(await environment(client, id)).toMatchObject({ phase: 'degraded', outputs: expect.anything() })
    for (const { key } of await resources(client)) {
      await call(service().base, 'DELETE', `/sandbox/resources/${encodeURIComponent(key)}`)
    }
    // Nothing of it is left that anybody could forget.
    expect((await end(await send('DELETE', `/environments/${id}`))).operation.state).toBe('succeeded')
  })
})
