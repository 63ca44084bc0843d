import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCloud, type ClosableCloud } from '../../../src/cloud/index.ts'
import { callsTo, HOME } from '../../support/aws/calls.ts'
import { borrowCloud, type BorrowedCloud } from '../../support/aws/cloud.ts'
import { BUCKET, LOGS } from '../../support/aws/declare.ts'
import { connectProvider } from '../../support/aws/provider.ts'

const ROLE = 'arn:aws:iam::999999999999:role/provisioner'
const OBJECT = 'aws:s3/bucketObject:BucketObject'

let cloud: BorrowedCloud
let calls: ClosableCloud

beforeAll(async () => {
  cloud = await borrowCloud()
  calls = callsTo(cloud)
  return async () => {
    await calls.close()
    await cloud.end()
  }
})
beforeEach(async () => {
  await cloud.control.reset()
  const provider = await connectProvider(cloud.grpcPort)
  await provider.create(BUCKET, 'b', { bucket: 'mine' })
  provider.close()
})

const count = async (): Promise<number | undefined> => calls.countObjects(HOME, 'mine', 10)
const failure = (code: string, message: RegExp) => ({
  name: 'CloudFailure',
  code,
  message: expect.stringMatching(message)
})

describe('the account', () => {
  it('is the one of the placement\'s role, with its external id', async () => {
    const placement = { roleArn: ROLE, externalId: 'ours', accountId: '999999999999' }
    const target = { region: 'eu-central-1', placement }
    const provider = await connectProvider(cloud.grpcPort, {
      region: 'eu-central-1',
      assumeRoles: JSON.stringify([{ roleArn: ROLE }])
    })
    await provider.create(LOGS, 'logs', { name: 'theirs', tags: { 'batchyard:id': 'env_1' } })
    provider.close()
    expect((await calls.tagged(target, 'env_1')).map(({ arn }) => arn)).toEqual([
      'arn:aws:logs:eu-central-1:999999999999:log-group:theirs'
    ])
    expect(await calls.tagged({ ...HOME, region: 'eu-central-1' }, 'env_1')).toEqual([])
  })

  it('must be the one the placement names', async () => {
    const wrong = failure('wrong-account', /account 123456789012, not to 111122223333/)
    await expect(
      calls.tagged({ region: 'us-east-1', placement: { accountId: '111122223333' } }, 'env_1')
    ).rejects.toMatchObject(wrong)
    await expect(
      calls.tagged({ region: 'us-east-1', placement: { accountId: '111122223333', roleArn: ROLE } }, 'env_1')
    ).rejects.toMatchObject(failure('wrong-account', /account 999999999999, not to 111122223333/))
  })

  it('does not open others\' buckets', async () => {
    await expect(
      calls.countObjects({ region: 'us-east-1', placement: { roleArn: ROLE } }, 'mine', 10)
    ).rejects.toMatchObject(failure('access-denied', /AccessDenied: Access Denied/))
  })

  it('is asked for again when that failed', async () => {
    const target = { region: 'us-west-2', placement: { roleArn: ROLE } }
    await cloud.control.addFault({
      kind: 'fail',
      on: 'invoke',
      type: 'sts:AssumeRole',
      code: 'AccessDenied',
      message: 'is not authorized to perform: sts:AssumeRole',
      httpStatus: 403
    })
    await expect(calls.tagged(target, 'env_1')).rejects.toMatchObject(failure('access-denied', /sts:AssumeRole/))
    expect(await calls.tagged(target, 'env_1')).toEqual([])
  })
})

describe('a call that AWS does not answer as it should', () => {
  it('is tried again when it was throttled, in whichever words, or the service failed', async () => {
    await cloud.control.addFault({ kind: 'throttle', on: 'read', type: OBJECT })
    await cloud.control.addFault({
      kind: 'fail',
      on: 'read',
      type: OBJECT,
      nth: 2,
      code: 'SlowDown',
      message: 'Please reduce your request rate.',
      httpStatus: 503
    })
    await cloud.control.addFault({ kind: 'fail', on: 'read', type: OBJECT, nth: 3 })
    expect(await count()).toBe(0)
    expect((await cloud.control.faults()).map(({ struck }) => struck)).toEqual([1, 1, 1])
  })

  it('fails as throttled, with AWS\'s request id, when that does not pass', async () => {
    await cloud.control.addFault({ kind: 'throttle', on: 'read', type: OBJECT, count: 0 })
    await expect(count()).rejects.toMatchObject({
      ...failure('throttled', /TooManyRequestsException: Too Many Requests/),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/)
    })
    expect((await cloud.control.faults())[0]?.struck).toBe(5)
  })

  it.each([
    ['access-denied', 'AccessDeniedException', 400],
    ['credentials-invalid', 'ExpiredTokenException', 400],
    ['credentials-invalid', 'UnrecognizedClientException', 403],
    ['not-found-in-cloud', 'ResourceNotFoundException', 400],
    ['quota-exceeded', 'ResourceLimitExceeded', 400],
    ['in-use', 'OperationAborted', 409],
    ['access-denied', 'SomethingNew', 403],
    ['cloud-rejected', 'ValidationException', 400]
  ])('fails as %s for %s', async (code, name, httpStatus) => {
    await cloud.control.addFault({ kind: 'fail', on: 'read', code: name, message: 'because', httpStatus })
    await expect(calls.tagged(HOME, 'env_1')).rejects.toMatchObject(failure(code, new RegExp(`${name}: because`)))
    await cloud.control.addFault({ kind: 'fail', on: 'read', code: name, message: 'because', httpStatus })
    await expect(calls.locate(HOME, 'env_1', [{ urn: 'u', type: LOGS, inputs: { name: 'x' } }])).rejects.toMatchObject({
      code
    })
  })

  it('fails as unavailable when nobody is there', async () => {
    const nowhere = createCloud({
      endpoint: async () => 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' }
    })
    await expect(nowhere.tagged(HOME, 'env_1')).rejects.toMatchObject(failure('cloud-unavailable', /ECONNREFUSED/))
    await nowhere.close()
  })

  it('goes to the sandbox\'s new port when that was started again', async () => {
    expect(await count()).toBe(0)
    process.kill((await cloud.cloud.ensure()).pid, 'SIGKILL')
    expect(await count()).toBe(0)
  })
})
