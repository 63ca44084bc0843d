import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { Environment, Operation, OperationEvent, Problem } from '../../../client/index.ts'
import { call, type Ask } from '../../support/http/call.ts'
import { addFault, clearFaults } from '../../support/http/faults.ts'
import { forget, stateFiles } from '../../support/service/data-folder.ts'
import { ended, environment, resources, SPEC } from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'

const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'
const maxVcpus = (count: number) => ({ compute: { default: { maxVcpus: count } } })

/** What a run has done to cloud resources, as a preview shows it. */
function doneIn (events: readonly OperationEvent[]): string[] {
  return events
    .flatMap(({ event }) =>
      event.type === 'resource' && event.status === 'succeeded' && event.action !== 'same'
        ? [`${event.action} ${event.urn}`]
        : []
    )
    .toSorted()
}
const shownBy = ({ preview }: Operation): string[] =>
  (preview?.changes ?? []).map(({ action, urn }) => `${action} ${urn}`).toSorted()

describe('A preview', () => {
  const service = sharedService({ settings: { BATCHYARD_RETRY_LIMIT: '0' } })
  const ask = async <Body>(method: string, path: string, body: unknown, headers: Ask['headers'] = {}) =>
    call<Body>(service().base, method, path, { body, headers })
  const seen = async (path: string, body: unknown): Promise<Operation> => {
    const {
      status,
      headers,
      body: accepted
    } = await ask<Operation>('POST', path, body, {
      'content-type': path === '/previews' ? 'application/json' : 'application/merge-patch+json'
    })
    expect([status, headers.get('location'), accepted.kind]).toEqual([202, `/operations/${accepted.id}`, 'preview'])
    const { operation } = await ended(service().client, accepted)
    expect(operation).toMatchObject({ state: 'succeeded', error: null })
    return operation
  }
  const end = async ({ operation }: Environment) => ended(service().client, { id: operation?.id ?? '' })
  const refusal = async (method: string, path: string, body: unknown, preview: string): Promise<string> => {
    const { status, body: problem } = await ask<Problem>(method, path, body, { 'if-preview': preview })
    return `${status} ${problem.code}: ${problem.detail}`
  }

  test('of a new environment touches nothing, and a create that names it makes exactly that', async () => {
    const { base, dataDir } = service()
    const preview = await seen('/previews', SPEC)
    expect(preview).toMatchObject({
      environmentId: null,
      links: { environment: null },
      preview: { summary: { update: 0, replace: 0, delete: 0 }, affectedJobs: { count: 0, running: 0 } }
    })
    expect(preview.preview?.summary.create).toBe(preview.preview?.changes.length)
    expect(preview.preview?.changes.length).toBeGreaterThan(15)
    expect(await resources(service().client)).toEqual([])
    // Nothing has written a state yet, so there need not be a folder for it.
    expect(await stateFiles(dataDir).catch(() => [])).toEqual([])
    expect((await call(base, 'GET', '/environments')).body).toMatchObject({ items: [] })

    expect(await refusal('POST', '/environments', { ...SPEC, labels: { a: 'b' } }, preview.id)).toContain(
      '409 preview-outdated: the preview is of another spec'
    )
    expect(await refusal('POST', '/environments', SPEC, 'op_00000000000000000000000000')).toContain('404 not-found')
    const created = await ask<Environment>('POST', '/environments', SPEC, { 'if-preview': preview.id })
    expect([created.status, created.body.id]).toEqual([202, preview.preview?.environmentId])
    const { operation, events } = await end(created.body)
    expect(operation.state).toBe('succeeded')
    expect(doneIn(events)).toEqual(shownBy(preview))
    expect(await refusal('POST', '/environments', SPEC, preview.id)).toContain(
      '409 preview-outdated: it was carried out already'
    )
    expect((await ask<Problem>('POST', '/previews', SPEC)).body).toMatchObject({ code: 'environment-exists' })
  })

  test('of a change says what, why and how many jobs, and is valid until something changes', async () => {
    const {
      base,
      client,
      service: {
        context: {
          database: { db }
        }
      }
    } = service()
    const {
      body: {
        items: [{ id }]
      }
    } = await call<{ items: [Environment] }>(base, 'GET', '/environments')
    const [path, previews] = [`/environments/${id}`, `/environments/${id}/previews`]
    const { outputs, generation } = await environment(client, id)
    for (const status of ['RUNNING', 'RUNNABLE', 'SUCCEEDED']) {
      await ask('POST', '/sandbox/jobs', { queue: outputs?.job_queue_name, status })
    }

    const replacing = await seen(previews, { compute: { default: { type: 'FARGATE' } } })
    expect(replacing.preview).toMatchObject({ environmentId: id, affectedJobs: { count: 2, running: 1 } })
    const replaced = replacing.preview?.changes.find(({ resourceType }) => resourceType === COMPUTE)
    expect(replaced).toMatchObject({ action: 'replace', id: expect.any(String) })
    expect(replaced?.properties).toContainEqual({ path: 'computeResources.type', action: 'update', replaces: true })
    expect(
      (await ask<Problem>('POST', previews, { region: 'eu-west-1' })).body.errors?.map(({ pointer }) => pointer)
    ).toEqual(['/region'])

    await addFault(client, { kind: 'hang', on: 'update', type: COMPUTE })
    const running = await ask<Environment>('PATCH', path, maxVcpus(50))
    const beside = await seen(previews, { labels: { a: 'b' } })
    expect(await environment(client, id)).toMatchObject({
      phase: 'updating',
      operation: { id: running.body.operation?.id }
    })
    expect(beside.preview?.summary.update).toBeGreaterThan(0)
    await clearFaults(client)
    await end(running.body)
    expect(await refusal('PATCH', path, { labels: { a: 'b' } }, beside.id)).toContain(
      '409 preview-outdated: an operation has changed the environment since'
    )
    expect(await refusal('PATCH', path, { compute: { default: { type: 'FARGATE' } } }, replacing.id)).toContain(
      '409 preview-outdated'
    )

    const early = await ask<Operation>('POST', previews, maxVcpus(60))
    expect(await refusal('PATCH', path, maxVcpus(60), early.body.id)).toMatch(
      /^409 preview-not-ready: the preview is (queued|running)$/
    )
    const standing = (await ended(client, early.body)).operation
    expect(standing.preview?.changes).toMatchObject([
      { action: 'update', resourceType: COMPUTE, properties: [{ path: 'computeResources.maxVcpus', replaces: false }] }
    ])
    expect(await refusal('PATCH', path, maxVcpus(61), standing.id)).toContain(
      '409 preview-outdated: the preview is of another spec'
    )
    await sql`update operations set result = result || '{"programVersion": "of-yesterday"}'
      where id = ${standing.id}`.execute(
      db
    )
    expect(await refusal('PATCH', path, maxVcpus(60), standing.id)).toContain(
      '409 preview-outdated: the program of environments has changed'
    )
    await sql`update operations set result = result || jsonb_build_object('programVersion',
      ${standing.preview?.programVersion ?? ''}::text) where id = ${standing.id}`.execute(
      db
    )
    expect(await environment(client, id)).toMatchObject({ generation: generation + 1, phase: 'ready' })

    const exact = await ask<Environment>('PATCH', path, maxVcpus(60), { 'if-preview': standing.id })
    expect(exact.status).toBe(202)
    const { operation, events } = await end(exact.body)
    expect([operation.state, doneIn(events)]).toEqual(['succeeded', shownBy(standing)])

    // What changes nothing is bound to its preview too.
    expect(await refusal('PATCH', path, {}, 'op_00000000000000000000000000')).toContain('404 not-found')
    expect(await refusal('PATCH', path, {}, standing.id)).toContain('409 preview-outdated: the spec has changed')
    const nothing = await seen(previews, {})
    expect(nothing.preview?.changes).toEqual([])
    expect((await ask('PATCH', path, {}, { 'if-preview': nothing.id })).status).toBe(200)
  })

  test('does not hold for a state that somebody else has written meanwhile: nothing is touched then', async () => {
    const { base, client, dataDir, service: { context: { database: { db } } } } = service()
    const { body: { items: [{ id }] } } = await call<{ items: [Environment] }>(base, 'GET', '/environments')
    const preview = await seen(`/environments/${id}/previews`, maxVcpus(70))
    await forget(dataDir, id, 'aws:batch/jobDefinition:JobDefinition')
    const before = await resources(client)
    const accepted = await ask<Environment>('PATCH', `/environments/${id}`, maxVcpus(70), { 'if-preview': preview.id })
    expect(accepted.status).toBe(202)
    const { operation: refused } = await end(accepted.body)
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'preview-outdated', retryable: false } })
    const retry = await call(base, 'POST', `/operations/${refused.id}/retry`)
    expect(retry).toMatchObject({
      status: 409,
      body: {
        code: 'not-retryable',
        detail: expect.stringContaining('make a new preview'),
        operation: `/operations/${refused.id}`
      }
    })
    // As if it had been cancelled while it waited: what is carried on then is still bound to the preview.
    await sql`update operations set state = 'cancelled', attempt = 0, error = error || '{"code": "cancelled"}'
      where id = ${refused.id}`.execute(
      db
    )
    const again = await call<Operation>(base, 'POST', `/operations/${refused.id}/retry`)
    expect((await ended(client, again.body)).operation).toMatchObject({
      retryOf: refused.id,
      state: 'failed',
      error: { code: 'preview-outdated' }
    })
    expect(await resources(client)).toEqual(before)
    expect((await environment(client, id)).phase).toBe('degraded')
  })
})
