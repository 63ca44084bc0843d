import { describe, expect, test } from 'vitest'
import type { Environment, Operation } from '../../../client/index.ts'
import { call } from '../../support/http/call.ts'
import { forget, stateOf } from '../../support/service/data-folder.ts'
import { ended, environment, post, resources } from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'

const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'
const QUEUE = 'aws:batch/jobQueue:JobQueue'
const LIFECYCLE = 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration'
const JOB = 'aws:batch/jobDefinition:JobDefinition'

describe('A drift check', () => {
  const service = sharedService({ settings: { BATCHYARD_RETRY_LIMIT: '0' } })
  const check = async (id: string) => {
    const { status, headers, body } = await call<Operation>(service().base, 'POST', `/environments/${id}/drift-checks`)
    expect([status, headers.get('location'), body.kind]).toEqual([202, `/operations/${body.id}`, 'drift-check'])
    const { operation } = await ended(service().client, body)
    expect(operation).toMatchObject({ state: 'succeeded', error: null })
    return operation.drift
  }
  const patch = async (id: string, body: unknown, headers = {}) => {
    const {
      status,
      body: { operation }
    } = await call<Environment>(service().base, 'PATCH', `/environments/${id}`, { body, headers })
    return {
      status,
      operation: status === 202 && operation ? (await ended(service().client, operation)).operation : null
    }
  }
  const drifted = async (id: string) =>
    (await environment(service().client, id)).conditions.find(({ type }) => type === 'Drifted')
  const resource = async (type: string) => {
    const found = (await resources(service().client)).find((each) => each.type === type)
    if (!found) throw new Error(`there is no ${type}`)
    return { ...found, path: `/sandbox/resources/${encodeURIComponent(found.key)}` }
  }

  test('finds what was changed by hand and writes no state; an update that changes nothing repairs it', async () => {
    const { client, base, dataDir } = service()
    const { id, operation } = await post(client)
    await ended(client, operation)
    expect(await check(id)).toEqual({ resources: [], unmanaged: [] })
    expect(await drifted(id)).toMatchObject({ status: false, reason: 'the cloud is as the state has it' })

    const changed = await call(base, 'PATCH', (await resource(COMPUTE)).path, {
      body: { properties: { computeResources: { maxVcpus: 7 } } }
    })
    const deleted = await call(base, 'DELETE', (await resource(LIFECYCLE)).path)
    const tagged = await call(base, 'PATCH', (await resource(QUEUE)).path, {
      body: { properties: { tags: { 'auto:owner': 'somebody' } } }
    })
    expect([changed.status, deleted.status, tagged.status]).toEqual([200, 204, 200])

    const before = await stateOf(dataDir, id)
    const found = await check(id)
    expect(found?.unmanaged).toEqual([])
    const of = (type: string) => found?.resources.find(({ resourceType }) => resourceType === type)
    expect(of(COMPUTE)).toMatchObject({
      status: 'changed',
      properties: [{ path: 'computeResources.maxVcpus', expected: 100, actual: 7 }]
    })
    expect(of(LIFECYCLE)).toMatchObject({ status: 'missing', properties: [] })
    expect(of(QUEUE)).toMatchObject({ status: 'changed' })
    expect(JSON.stringify(of(QUEUE)?.properties)).toContain('auto:owner')
    expect(found?.resources).toHaveLength(3)
    expect(await stateOf(dataDir, id)).toBe(before)
    const first = await drifted(id)
    expect(first).toMatchObject({ status: true, reason: '2 changed, 1 missing' })
    expect(await environment(client, id)).toMatchObject({ phase: 'ready', generation: 1 })

    const ignoring = await patch(id, { driftIgnore: { tagKeyPrefixes: ['auto:'] } })
    expect(ignoring).toMatchObject({ status: 202, operation: { kind: 'update', state: 'succeeded' } })
    expect(await drifted(id)).toMatchObject({ status: false, reason: 'repaired by an update' })
    expect(await resource(COMPUTE)).toMatchObject({ properties: { computeResources: { maxVcpus: 100 } } })
    await resource(LIFECYCLE)
    expect(await patch(id, {})).toMatchObject({ status: 200 })

    // Whoever writes such tags is left alone, and goes unreported.
    await call(base, 'PATCH', (await resource(QUEUE)).path, {
      body: { properties: { tags: { 'auto:owner': 'somebody else' } } }
    })
    expect(await check(id)).toEqual({ resources: [], unmanaged: [] })
    expect((await resource(QUEUE)).tags).toMatchObject({ 'auto:owner': 'somebody else' })

    await call(base, 'PATCH', (await resource(COMPUTE)).path, {
      body: { properties: { computeResources: { maxVcpus: 8 } } }
    })
    await check(id)
    const again = await drifted(id)
    expect(Date.parse(again?.since ?? '')).toBeGreaterThan(Date.parse(first?.since ?? ''))
    await check(id)
    expect(await drifted(id)).toEqual(again)
    const preview = await call<Operation>(base, 'POST', `/environments/${id}/previews`, { body: {} })
    const shown = (await ended(client, preview.body)).operation.preview
    expect(shown).toMatchObject({
      repairsDrift: true,
      changes: [{ resourceType: COMPUTE, action: 'update', properties: [{ path: 'computeResources.maxVcpus' }] }]
    })
    // Nothing of the spec changes, and still it is made true again, as the preview says.
    expect(await patch(id, {}, { 'if-preview': preview.body.id })).toMatchObject({
      status: 202,
      operation: { kind: 'update', state: 'succeeded' }
    })
    expect(await check(id)).toEqual({ resources: [], unmanaged: [] })
    expect(await environment(client, id)).toMatchObject({ phase: 'ready', generation: 2, observedGeneration: 2 })

    const { arn } = await resource(JOB)
    await forget(dataDir, id, JOB)
    expect(await check(id)).toMatchObject({ resources: [], unmanaged: [{ arn, tags: { 'batchyard:id': id } }] })
    expect(await drifted(id)).toMatchObject({ status: true, reason: '1 not in the state' })
    // An update makes what the state lacks, and knows nothing of what is there besides.
    expect(await patch(id, {})).toMatchObject({ status: 202, operation: { state: 'succeeded' } })
    expect(await drifted(id)).toMatchObject({ status: true, reason: 'repaired by an update, but 1 not in the state' })
  })
})
