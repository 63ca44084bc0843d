import { describe, expect, test } from 'vitest'
import type { Environment, Operation, OperationEvent, Problem } from '../../../client/index.ts'
import { call } from '../../support/http/call.ts'
import { addFault, clearFaults, untilFaultApplied } from '../../support/http/faults.ts'
import { stateOf } from '../../support/service/data-folder.ts'
import { ended, environment, post, remove, resources, SPEC } from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'

const QUEUE = 'aws:batch/jobQueue:JobQueue'
const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'
const ROLE = 'aws:iam/role:Role'
const LOGS = 'aws:cloudwatch/logGroup:LogGroup'
const DENIED = {
  kind: 'fail',
  code: 'AccessDeniedException',
  message: 'not authorized to perform it',
  httpStatus: 403
} as const

const statesOf = (events: readonly OperationEvent[]) =>
  events.flatMap(({ event }) => (event.type === 'state' ? [event] : []))

describe('An operation', () => {
  const service = sharedService({
    settings: { BATCHYARD_WORKER_CONCURRENCY: '1', BATCHYARD_RETRY_LIMIT: '2', BATCHYARD_RETRY_SECONDS: '0.05' }
  })
  const ask = async <Body = Operation>(what: 'cancel' | 'retry', { id }: { id: string }) =>
    call<Body>(service().base, 'POST', `/operations/${id}/${what}`)
  const end = async (operation: { id: string }) => ended(service().client, operation)
  const of = async (name: string) =>
    (await resources(service().client)).filter(({ tags }) => tags['batchyard:environment'] === name)
  const retried = async (id: string) => {
    const { status, headers, body } = await ask('retry', { id })
    expect([status, headers.get('location'), body.retryOf]).toEqual([202, `/operations/${body.id}`, id])
    return body
  }

  test('that is cancelled stops, or ends at once while it waits; a retry finishes it', async () => {
    const { client, base, dataDir } = service()
    await addFault(client, { kind: 'slow', on: 'create', type: ROLE, count: 0, seconds: 2 })
    const running = await post(client)
    await untilFaultApplied(service().client)
    const waiting = await post(client, { ...SPEC, name: 'waiting' })
    const cancelled = await ask('cancel', waiting.operation)
    expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelled'])
    expect(await environment(client, waiting.id)).toMatchObject({ phase: 'failed', outputs: null })
    expect(await ask('cancel', waiting.operation)).toMatchObject({
      status: 200,
      body: { state: 'cancelled', finishedAt: cancelled.body.finishedAt }
    })
    expect(statesOf((await end(waiting.operation)).events)).toMatchObject([
      { state: 'cancelled', reason: 'a caller cancelled it' }
    ])
    expect((await ask<Problem>('retry', running.operation)).body).toMatchObject({
      code: 'operation-in-progress',
      operation: `/operations/${running.operation.id}`
    })

    const asked = await ask('cancel', running.operation)
    expect([asked.status, asked.body.state]).toEqual([202, 'running'])
    // What it was to make will not come of it, so a change that asks for the same is not on its way.
    const swallowed = await call(base, 'PATCH', `/environments/${running.id}`, { body: {} })
    expect(swallowed).toMatchObject({
      status: 409,
      body: { code: 'operation-in-progress', detail: 'a create of the environment is running and was asked to stop' }
    })
    expect((await ask('cancel', running.operation)).status).toBeLessThan(300)
    expect((await end(running.operation)).operation).toMatchObject({
      state: 'cancelled',
      error: { code: 'cancelled', retryable: true, next: expect.stringMatching(/^Retry it with/) }
    })
    expect((await environment(client, running.id)).phase).toBe('failed')
    const made = (await of(SPEC.name)).map(({ id }) => id).toSorted()
    expect(made.length).toBeGreaterThan(0)
    const state = await stateOf(dataDir, running.id)
    for (const id of made) expect(state).toContain(JSON.stringify(id))

    await clearFaults(client)
    const again = await retried(running.operation.id)
    expect(again).toMatchObject({ kind: 'create', state: 'queued', environmentId: running.id })
    expect((await environment(client, running.id)).phase).toBe('creating')
    const first = await retried(waiting.operation.id)
    expect((await end(again)).operation).toMatchObject({ state: 'succeeded', retryOf: running.operation.id })
    expect((await end(first)).operation.state).toBe('succeeded')
    const types = async (name: string) =>
      (await of(name))
        .map(({ type, name: own }) => `${type} ${own.replace(/-?[0-9a-f]{6,}.*$/, '').replace(name, '')}`)
        .toSorted()
    expect(await types(SPEC.name)).toEqual(await types('waiting'))
    expect((await of(SPEC.name)).map(({ id }) => id)).toEqual(expect.arrayContaining(made))
    expect((await ask<Problem>('retry', running.operation)).body).toMatchObject({
      status: 409,
      code: 'not-retryable',
      operation: `/operations/${again.id}`
    })
    expect((await ask<Problem>('retry', again)).body).toMatchObject({
      code: 'not-retryable',
      detail: 'it is succeeded'
    })
  })

  test('that is a delete and has not begun leaves a ready environment when it is cancelled', async () => {
    const { client } = service()
    const ready = await post(client, { ...SPEC, name: 'kept' })
    await end(ready.operation)
    await addFault(client, { kind: 'slow', on: 'create', type: ROLE, seconds: 2 })
    const busy = await post(client, { ...SPEC, name: 'busy' })
    await untilFaultApplied(service().client)
    const deleting = await remove(client, ready.id)
    expect(deleting.phase).toBe('deleting')
    expect((await ask('cancel', deleting.operation)).body.state).toBe('cancelled')
    const kept = await environment(client, ready.id)
    expect(kept).toMatchObject({
      phase: 'ready',
      observedGeneration: 1,
      outputs: { job_queue_name: expect.any(String) }
    })
    await end(busy.operation)
  })

  test('that failed is carried on by a retry, whatever it was; what changes nothing, or is over, is not', async () => {
    const { client, base, service: { context: { database: { db } } } } = service()
    const created = await post(client, { ...SPEC, name: 'retried' })
    await end(created.operation)
    await addFault(client, { ...DENIED, on: 'update', type: COMPUTE })
    const { body: changed } = await call<Environment>(base, 'PATCH', `/environments/${created.id}`, {
      body: { compute: { default: { maxVcpus: 7 } } }
    })
    const failed = (await end({ id: changed.operation?.id ?? '' })).operation
    // What does not pass is not tried again by the worker.
    expect(failed).toMatchObject({ state: 'failed', attempt: 1, retries: 0, error: { code: 'access-denied' } })
    const update = await retried(failed.id)
    expect((await end(update)).operation).toMatchObject({ kind: 'update', state: 'succeeded' })
    expect(await environment(client, created.id)).toMatchObject({
      phase: 'ready',
      generation: 2,
      observedGeneration: 2
    })

    await addFault(client, { kind: 'hang', on: 'read', type: COMPUTE })
    const { body: check } = await call<Operation>(base, 'POST', `/environments/${created.id}/drift-checks`)
    await untilFaultApplied(service().client)
    await ask('cancel', check)
    await clearFaults(client)
    expect((await end(check)).operation).toMatchObject({
      state: 'cancelled',
      error: { code: 'cancelled', retryable: true, next: 'Ask for a new one.' }
    })
    expect((await ask<Problem>('retry', check)).body).toMatchObject({
      status: 409,
      code: 'not-retryable',
      detail: 'a drift-check changes nothing: ask for a new one'
    })

    await addFault(client, { ...DENIED, on: 'delete', type: QUEUE })
    const {
      body: { operation: deleting }
    } = await call<Environment>(base, 'DELETE', `/environments/${created.id}?logs=retain`)
    const deletion = { id: deleting?.id ?? '' }
    expect((await end(deletion)).operation.state).toBe('failed')
    expect(await environment(client, created.id)).toMatchObject({ phase: 'degraded', outputs: null })
    // Held before it takes anything away.
    await addFault(client, { kind: 'hang', on: 'read', type: QUEUE })
    const again = await retried(deletion.id)
    expect((await environment(client, created.id)).phase).toBe('deleting')
    const { input } = await db
      .selectFrom('operations')
      .select('input')
      .where('id', '=', again.id)
      .executeTakeFirstOrThrow()
    expect(input).toMatchObject({ deletion: { logs: 'retain' }, retaining: [{ resourceType: LOGS }] })
    expect(input).not.toHaveProperty('begun')
    await clearFaults(client)
    expect((await end(again)).operation).toMatchObject({ kind: 'delete', state: 'succeeded' })
    expect((await of('retried')).map(({ type }) => type)).toEqual([LOGS])
    expect((await ask<Problem>('retry', deletion)).body).toMatchObject({ status: 409, code: 'environment-deleted' })
  })

  test('that fails for a passing reason is tried again by the worker, visibly, up to a limit', async () => {
    const { client } = service()
    await addFault(client, { kind: 'throttle', on: 'create', type: QUEUE })
    await addFault(client, {
      kind: 'fail',
      on: 'create',
      type: COMPUTE,
      code: 'ClientException',
      message: 'Unable to assume the service-linked role. Please verify that the role exists'
    })
    const created = await post(client, { ...SPEC, name: 'throttled' })
    const { operation, events } = await end(created.operation)
    expect(operation).toMatchObject({ state: 'succeeded', retryAt: null, error: null })
    expect(operation.retries).toBeGreaterThanOrEqual(1)
    const states = statesOf(events)
    expect(states.map(({ state }) => state)).toEqual([
      'running',
      ...Array.from({ length: operation.retries }, () => ['queued', 'running']).flat(),
      'succeeded'
    ])
    expect(states[1]).toMatchObject({ reason: expect.stringMatching(/^[a-z-]+: tried again in 1 s, retry 1 of 2$/) })
    expect((await of('throttled')).filter(({ type }) => type === QUEUE || type === COMPUTE)).toHaveLength(2)

    await addFault(client, {
      kind: 'fail',
      on: 'delete',
      type: COMPUTE,
      count: 0,
      code: 'ClientException',
      message: 'Cannot delete, found existing JobQueue relationship'
    })
    const { operation: deletion } = await remove(client, created.id)
    expect((await end(deletion)).operation).toMatchObject({
      state: 'failed',
      attempt: 3,
      retries: 2,
      error: { code: 'in-use', retryable: true, transient: true }
    })
    expect(await environment(client, created.id)).toMatchObject({ phase: 'degraded', outputs: null })
    await clearFaults(client)
    // Asking once more is as good as a retry.
    expect((await end((await remove(client, created.id)).operation)).operation).toMatchObject({
      state: 'succeeded',
      retries: 0
    })
    expect(await of('throttled')).toEqual([])
  })
})
