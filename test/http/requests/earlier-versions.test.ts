import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Environment, Operation } from '../../../client/index.ts'
import { createBatchyardClient } from '../../../client/index.ts'
import { call, type Ask } from '../../support/http/call.ts'
import {
  RECORDED_VERSIONS,
  readRecorded,
  unpackInstallation,
  type RecordedInstallation
} from '../../support/database/recorded-installation.ts'
import { ended, environment, launch, resources, type TestService } from '../../support/service/service.ts'

const ADMIN_KEY = 'an-admin-key-of-24-or-more-characters'
/** Nothing that was recorded is pruned for its age. */
const SETTINGS = { BATCHYARD_ADMIN_KEY: ADMIN_KEY, BATCHYARD_EVENT_DAYS: '3650', BATCHYARD_DELETED_DAYS: '3650' }

describe.for(RECORDED_VERSIONS)('An installation made by version %s', (version) => {
  let recorded: RecordedInstallation
  let service: TestService
  beforeAll(async () => {
    recorded = await readRecorded(version)
    const { dataDir, settings } = await unpackInstallation(version)
    service = await launch(dataDir, { settings: { ...SETTINGS, ...settings } })
  })
  afterAll(async () => {
    await service.service.stop()
    await rm(service.dataDir, { recursive: true, force: true })
  })

  const ask = async <Body = Environment>(method: string, path: string, { body, headers }: Ask = {}) => {
    const asAdmin = { authorization: `Bearer ${ADMIN_KEY}`, ...headers }
    return call<Body>(service.base, method, path, { body, headers: asAdmin })
  }
  const end = async (operation: Pick<Operation, 'id'> | null) =>
    (await ended(service.client, { id: operation?.id ?? '' })).operation
  const change = async (method: string, path: string, body?: object) => {
    const answer = await ask(method, path, body === undefined ? {} : { body })
    expect([method, path, answer.status]).toEqual([method, path, 202])
    return end(answer.body.operation)
  }

  test('answers as it did: teams, keys, environments, operations with their errors and results, events', async () => {
    expect(Object.keys(recorded.answers).length).toBeGreaterThan(20)
    for (const [path, body] of Object.entries(recorded.answers)) {
      const answer = await ask<object>('GET', path)
      expect([path, answer.status, answer.body]).toMatchObject([path, 200, body as object])
    }
  })

  test('accepts its keys, each for what it may see', async () => {
    const { keys, environments: { ready, degraded, deleted } } = recorded
    const seenWith = async (key: string) => {
      const { data } = await createBatchyardClient(service.base, key).GET('/environments')
      return data?.items.map(({ id }) => id)
    }
    expect((await seenWith(keys.team))?.toSorted()).toEqual([ready, degraded].toSorted())
    expect((await seenWith(keys.admin))?.toSorted()).toEqual([ready, degraded, recorded.waiting.environment].toSorted())
    expect((await call(service.base, 'GET', '/environments')).status).toBe(401)
    const headers = { authorization: `Bearer ${keys.team}` }
    expect((await call(service.base, 'GET', `/environments/${deleted}`, { headers })).status).toBe(404)
  })

  test('repeats the answer it has given to a request with an Idempotency-Key', async () => {
    const { headers, body, answer } = recorded.idempotent
    const repeated = await ask('POST', '/environments', { headers, body })
    expect([repeated.status, repeated.body]).toEqual([202, answer])
  })

  test('runs the operations that were queued when it was stopped', async () => {
    const preview = await end({ id: recorded.waiting.preview })
    expect(preview).toMatchObject({
      state: 'succeeded',
      preview: { summary: { create: 0, update: 1, replace: 0, delete: 0 } }
    })
    const { operation } = await environment(service.client, recorded.waiting.environment)
    expect(await end(operation)).toMatchObject({ kind: 'create', state: 'succeeded', attempt: 1 })
    expect((await environment(service.client, recorded.waiting.environment)).phase).toBe('ready')
  })

  test('has a ready environment: a preview finds no difference, an update changes it in place', async () => {
    const path = `/environments/${recorded.environments.ready}`
    const { outputs, generation } = await environment(service.client, recorded.environments.ready)
    expect((await ask<unknown>('GET', `${path}/outputs`)).body).toEqual(outputs)
    const unchanged = await ask<Operation>('POST', `${path}/previews`, { body: {} })
    expect(await end(unchanged.body)).toMatchObject({
      state: 'succeeded',
      preview: { changes: [], repairsDrift: false }
    })
    const drift = await ask<Operation>('POST', `${path}/drift-checks`)
    expect(await end(drift.body)).toMatchObject({ state: 'succeeded', drift: { resources: [], unmanaged: [] } })

    const body = { compute: { default: { maxVcpus: 64 } } }
    const before = await resources(service.client)
    expect(await change('PATCH', path, body)).toMatchObject({ state: 'succeeded', error: null })
    expect(await environment(service.client, recorded.environments.ready)).toMatchObject({
      phase: 'ready', generation: generation + 1, observedGeneration: generation + 1, outputs
    })
    const changed = (await resources(service.client)).filter((resource, index) => !isSame(resource, before[index]))
    expect(changed.map(({ type }) => type)).toEqual(['aws:batch/computeEnvironment:ComputeEnvironment'])
  })

  test('has a degraded environment that a retry makes ready, with its drift repaired', async () => {
    const { operation } = await environment(service.client, recorded.environments.degraded)
    const retry = await ask<Operation>('POST', `/operations/${operation?.id}/retry`)
    expect(await end(retry.body)).toMatchObject({ state: 'succeeded', retryOf: operation?.id })
    const mended = await environment(service.client, recorded.environments.degraded)
    expect(mended).toMatchObject({
      phase: 'ready',
      resolved: { compute: { default: { maxVcpus: 300 } } },
      conditions: [{ type: 'Drifted', status: false }]
    })
    expect(await change('PATCH', `/environments/${mended.id}`, { labels: { stage: 'test' } })).toMatchObject({
      state: 'succeeded'
    })
  })

  test('is deleted under its policies, and only what it had retained before stays in the account', async () => {
    const { ready, degraded, deleted } = recorded.environments
    expect(await change('DELETE', `/environments/${ready}`)).toMatchObject({
      state: 'failed', error: { code: 'bucket-not-empty' }
    })
    for (const path of [`${ready}?bucket=empty&jobs=terminate`, degraded, recorded.waiting.environment]) {
      expect(await change('DELETE', `/environments/${path}`)).toMatchObject({ state: 'succeeded', retained: [] })
    }
    for (const id of [ready, degraded, deleted, recorded.waiting.environment]) {
      expect([id, (await environment(service.client, id)).phase]).toEqual([id, 'deleted'])
    }
    const { operation } = await environment(service.client, deleted)
    const { body: { retained = [] } } = await ask<Operation>('GET', `/operations/${operation?.id}`)
    const left = await resources(service.client)
    expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining(retained.map(({ id }) => id)))
    expect(left.map(({ tags }) => tags['batchyard:id']).filter((id) => id !== undefined)).toEqual(
      retained.map(() => deleted)
    )
    const bucket = retained.find(({ resourceType }) => resourceType === 'aws:s3/bucket:Bucket')?.id
    const objects = await ask<{ items: unknown[] }>('GET', `/sandbox/buckets/${bucket}/objects`)
    expect(objects.body.items).toEqual([{ key: 'scan.tiff', size: 12 }])
    expect(left.map(({ name }) => name).join()).not.toMatch(/training|staging|waiting/)
  })
})

const isSame = (one: object, other: object | undefined): boolean => JSON.stringify(one) === JSON.stringify(other)
