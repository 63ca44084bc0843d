import { describe, expect, test } from 'vitest'
import type { BatchyardClient } from '../../../client/index.ts'
import { addFault, clearFaults, untilFaultApplied } from '../../support/http/faults.ts'
import {
  ended,
  environment,
  launch,
  post,
  remove,
  resources,
  SPEC,
  withDataDir
} from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'

const QUEUE = 'aws:batch/jobQueue:JobQueue'
const ROLE = 'aws:iam/role:Role'

async function deleteAndExpectNothing (client: BatchyardClient, id: string): Promise<void> {
  const { operation } = await ended(client, (await remove(client, id)).operation)
  expect(operation).toMatchObject({ state: 'succeeded', error: null })
  expect(await environment(client, id)).toMatchObject({ phase: 'deleted', outputs: null })
  expect(await resources(client)).toEqual([])
}

describe('With one operation at a time', () => {
  const service = sharedService({ settings: { BATCHYARD_WORKER_CONCURRENCY: '1' } })

  describe('what goes wrong in the cloud', () => {
    test('fails a create with the cloud\'s words and what to do, and its delete leaves nothing', async () => {
      const { client } = service()
      const message = 'User is not authorized to perform: batch:CreateJobQueue'
      await addFault(client, {
        kind: 'fail',
        on: 'create',
        type: QUEUE,
        code: 'AccessDeniedException',
        message,
        httpStatus: 403
      })
      const accepted = await post(client)
      const { operation } = await ended(client, accepted.operation)
      expect(operation).toMatchObject({
        state: 'failed',
        error: { code: 'access-denied', retryable: false, resource: { type: QUEUE } }
      })
      expect(operation.error?.detail).toContain(message)
      expect(operation.error?.cloudRequestId).toMatch(/^[0-9a-f-]{36}$/)
      expect(operation.error?.next).toMatch(/policy/)
      expect(await environment(client, accepted.id)).toMatchObject({
        phase: 'failed',
        outputs: null,
        observedGeneration: null
      })
      const outputs = await client.GET('/environments/{id}/outputs', { params: { path: { id: accepted.id } } })
      expect(outputs.error).toMatchObject({ status: 409, code: 'outputs-not-ready' })
      expect((await resources(client)).length).toBeGreaterThan(0)
      await deleteAndExpectNothing(client, accepted.id)

      const taken = await post(client)
      expect(taken.id).not.toBe(accepted.id)
      const again = await client.POST('/environments', { body: SPEC })
      expect(again.error).toMatchObject({ status: 409, code: 'environment-exists' })
      expect((await ended(client, taken.operation)).operation.state).toBe('succeeded')
      await deleteAndExpectNothing(client, taken.id)
      const repeated = await client.DELETE('/environments/{id}', { params: { path: { id: taken.id } } })
      expect([repeated.response.status, repeated.data?.phase]).toEqual([200, 'deleted'])
    })

    test('creates nothing where the account has no default VPC', async () => {
      const { client } = service()
      // Of a team without a role, in the region of an open sandbox's team.
      const place = { params: { path: { account: '123456789012', region: 'us-east-1' } } }
      expect(
        (await client.DELETE('/sandbox/accounts/{account}/regions/{region}/default-vpc', place)).response.status
      ).toBe(204)
      const accepted = await post(client)
      const { operation } = await ended(client, accepted.operation)
      expect(operation).toMatchObject({ state: 'failed', error: { code: 'default-vpc-missing' } })
      expect(await resources(client)).toEqual([])
      await client.PUT('/sandbox/accounts/{account}/regions/{region}/default-vpc', place)
      await deleteAndExpectNothing(client, accepted.id)
    })

    test('keeps a bucket with objects until somebody has emptied it', async () => {
      const { client } = service()
      const accepted = await post(client)
      await ended(client, accepted.operation)
      const bucket = (await resources(client)).find(({ type }) => type === 'aws:s3/bucket:Bucket')?.name ?? ''
      await client.PUT('/sandbox/buckets/{bucket}/objects/{key}', {
        params: { path: { bucket, key: 'model.bin' } },
        body: { size: 3 }
      })
      const { operation } = await ended(client, (await remove(client, accepted.id)).operation)
      expect(operation).toMatchObject({
        state: 'failed',
        error: {
          code: 'bucket-not-empty',
          detail: `The bucket ${bucket} holds 1 object.`,
          resource: { type: 'aws:s3/bucket:Bucket' }
        }
      })
      expect((await environment(client, accepted.id)).phase).toBe('ready')
      const { data } = await client.GET('/sandbox/buckets/{bucket}/objects', { params: { path: { bucket } } })
      expect(data?.items).toEqual([{ key: 'model.bin', size: 3 }])
      await client.DELETE('/sandbox/buckets/{bucket}/objects', { params: { path: { bucket } } })
      await deleteAndExpectNothing(client, accepted.id)
    })
  })

  describe('a delete', () => {
    test('in the middle of a create cancels it and empties the account; one that is repeated is the same', async () => {
      const { client } = service()
      await addFault(client, { kind: 'slow', on: 'create', type: ROLE, count: 0, seconds: 3 })
      const accepted = await post(client)
      await untilFaultApplied(client)
      const deleting = await remove(client, accepted.id)
      expect((await remove(client, accepted.id)).operation.id).toBe(deleting.operation.id)
      expect((await ended(client, accepted.operation)).operation).toMatchObject({
        state: 'cancelled',
        error: { code: 'cancelled' }
      })
      expect((await ended(client, deleting.operation)).operation.state).toBe('succeeded')
      expect(await resources(client)).toEqual([])
      expect((await environment(client, accepted.id)).phase).toBe('deleted')
    })

    test('of an environment whose create waits cancels it before it starts', async () => {
      const { client } = service()
      await addFault(client, { kind: 'hang', on: 'create', type: ROLE, count: 0 })
      const busy = await post(client)
      await untilFaultApplied(client)
      const waiting = await post(client, { ...SPEC, name: 'waiting' })
      const deleting = await remove(client, waiting.id)
      const { operation, events } = await ended(client, waiting.operation)
      expect(operation).toMatchObject({ state: 'cancelled', attempt: 0, startedAt: null })
      expect(events.map(({ event }) => event)).toMatchObject([{ type: 'state', state: 'cancelled' }])
      await clearFaults(client)
      expect((await ended(client, busy.operation)).operation.state).toBe('succeeded')
      expect((await ended(client, deleting.operation)).operation.state).toBe('succeeded')
      await deleteAndExpectNothing(client, busy.id)
    })
  })
})

describe('A deadline', () => {
  test('ends a run whose call hangs, by force in the end, and names the resource', async () => {
    await withDataDir(async (dataDir) => {
      const settings = { BATCHYARD_OPERATION_DEADLINE_SECONDS: '30', BATCHYARD_INTERRUPT_SECONDS: '1' }
      const { client, service } = await launch(dataDir, { settings })
      // Roles come first, so the deadline meets one of them on a busy machine too.
      await addFault(client, { kind: 'hang', on: 'create', type: ROLE, count: 0 })
      const accepted = await post(client)
      const { operation } = await ended(client, accepted.operation)
      await clearFaults(client)
      await service.stop()
      expect(operation).toMatchObject({
        state: 'failed',
        error: { code: 'deadline-exceeded', retryable: true, resource: { type: ROLE } }
      })

      const again = await launch(dataDir)
      try {
        await deleteAndExpectNothing(again.client, accepted.id)
      } finally {
        await again.service.stop()
      }
    })
  })
})
