import { expect, test } from 'vitest'
import { send } from '../../support/http/raw.ts'
import { ended, post, resources, withService } from '../../support/service/service.ts'

const QUEUE = 'aws:batch/jobQueue:JobQueue'

test('Jobs of the sandbox are submitted to a queue, listed, moved on, and refused by a disabled queue', async () => {
  await withService(async ({ base, client }) => {
    const call = async (method: string, path: string, body?: object): Promise<{ status: number, body: unknown }> => {
      const answer = await send(base, {
        method,
        path,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
      })
      return { status: answer.status, body: JSON.parse(answer.body) }
    }
    await ended(client, (await post(client)).operation)
    const queue = (await resources(client)).find(({ type }) => type === QUEUE)
    const submitted = await call('POST', '/sandbox/jobs', { queue: queue?.name, count: 2 })
    expect(submitted).toMatchObject({
      status: 201,
      body: { items: [{ status: 'RUNNING', queue: queue?.id }, { status: 'RUNNING' }] }
    })
    const [{ id } = { id: '' }] = (submitted.body as { items: { id: string }[] }).items
    expect(await call('PATCH', `/sandbox/jobs/${id}`, { status: 'SUCCEEDED' })).toMatchObject({
      status: 200,
      body: { id, status: 'SUCCEEDED' }
    })
    expect(await call('GET', '/sandbox/jobs')).toMatchObject({
      status: 200,
      body: { items: [{ status: 'SUCCEEDED' }, { status: 'RUNNING' }] }
    })
    expect(
      await call('GET', `/sandbox/jobs?status=RUNNING&queue=${encodeURIComponent(queue?.id ?? '')}`)
    ).toMatchObject({ body: { items: [{ status: 'RUNNING' }] } })
    expect(
      await call('PATCH', '/sandbox/jobs/00000000-0000-4000-8000-000000000000', { status: 'RUNNING' })
    ).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect(await call('POST', '/sandbox/jobs', { queue: 'missing' })).toMatchObject({
      status: 422,
      body: { code: 'sandbox-rejected', detail: 'JobQueue missing not found.' }
    })
    expect(await call('POST', '/sandbox/jobs', { queue: queue?.id, count: 0, status: 'DONE' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/count' }, { pointer: '/status' }] }
    })
    await client.PATCH('/sandbox/resources/{key}', {
      params: { path: { key: queue?.key ?? '' } },
      body: { properties: { state: 'DISABLED' } }
    })
    expect(await call('POST', '/sandbox/jobs', { queue: queue?.id })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('DISABLED') }
    })
  })
})
