import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ClosableCloud } from '../../../src/cloud/index.ts'
import { callsTo, HOME } from '../../support/aws/calls.ts'
import { borrowCloud, type BorrowedCloud } from '../../support/aws/cloud.ts'
import { BUCKET } from '../../support/aws/declare.ts'
import { connectProvider, type Created, type TestProvider } from '../../support/aws/provider.ts'

let cloud: BorrowedCloud
let calls: ClosableCloud
let provider: TestProvider
let bucket: Created

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
  provider = await connectProvider(cloud.grpcPort)
  bucket = await provider.create(BUCKET, 'b', { bucket: 'full' })
  return () => { provider.close() }
})

const signal = new AbortController().signal
const fill = async (count: number): Promise<void> =>
  cloud.control.putObjects({
    bucket: 'full',
    objects: Array.from({ length: count }, (_, index) => ({ key: `a/${index} & <b>`, size: 1 }))
  })
const versioned = async (): Promise<void> => {
  const [item] = await cloud.control.resources({ type: BUCKET })
  await cloud.control.changeResource({ key: item?.key ?? '', properties: { versioning: { enabled: true } } })
}
const remove = async (): Promise<void> => provider.remove(BUCKET, 'full', bucket.outputs)

describe('the objects of a bucket', () => {
  it('are counted over all pages, and no further than asked', async () => {
    expect(await calls.countObjects(HOME, 'full', 10)).toBe(0)
    await fill(2500)
    expect(await calls.countObjects(HOME, 'full', 10_000)).toBe(2500)
    expect(await calls.countObjects(HOME, 'full', 1200)).toBe(1200)
    expect(await calls.countObjects(HOME, 'full', 3)).toBe(3)
  })

  it('are none, and not zero, where there is no such bucket', async () => {
    expect(await calls.countObjects(HOME, 'missing', 10)).toBeUndefined()
    expect(await calls.emptyBucket(HOME, 'missing', signal)).toBe(0)
  })

  it('are all deleted, page by page, and then the bucket can go', async () => {
    await fill(2500)
    await expect(remove()).rejects.toThrow(/BucketNotEmpty/)
    expect(await calls.emptyBucket(HOME, 'full', signal)).toBe(2500)
    expect(await cloud.control.objects({ bucket: 'full' })).toEqual([])
    await remove()
  })

  it('count with their versions and markers, which are deleted with them', async () => {
    await cloud.control.putObjects({ bucket: 'full', objects: [{ key: 'plain', size: 1 }] })
    await versioned()
    await cloud.control.putObjects({ bucket: 'full', objects: [{ key: 'plain', size: 2 }] })
    await cloud.control.putObjects({ bucket: 'full', objects: [{ key: 'other', size: 3 }] })
    await cloud.control.deleteObject({ bucket: 'full', key: 'other' })
    expect(await cloud.control.objects({ bucket: 'full' })).toEqual([{ key: 'plain', size: 2 }])
    expect(await calls.countObjects(HOME, 'full', 10)).toBe(4)
    await cloud.control.deleteObject({ bucket: 'full', key: 'plain' })
    await expect(remove()).rejects.toThrow(/BucketNotEmpty/)
    expect(await calls.emptyBucket(HOME, 'full', signal)).toBe(5)
    expect(await calls.countObjects(HOME, 'full', 10)).toBe(0)
    await remove()
  })

  it('are counted page by page also where one object has many versions', async () => {
    await versioned()
    for (let round = 0; round < 3; round++) await fill(700)
    expect(await calls.countObjects(HOME, 'full', 5000)).toBe(2100)
  })

  it('go with the uploads nobody finished', async () => {
    await cloud.control.beginUpload({ bucket: 'full', key: 'big file' })
    await cloud.control.beginUpload({ bucket: 'full', key: 'big file' })
    expect(await calls.countObjects(HOME, 'full', 10)).toBe(0)
    expect(await calls.emptyBucket(HOME, 'full', signal)).toBe(2)
    expect(await calls.emptyBucket(HOME, 'full', signal)).toBe(0)
  })

  it('stay when the emptying is broken off, and can be emptied again', async () => {
    await fill(1500)
    await cloud.control.addFault({ kind: 'hang', on: 'delete', nth: 2 })
    const control = new AbortController()
    const emptying = calls.emptyBucket(HOME, 'full', control.signal)
    while ((await cloud.control.faults())[0]?.struck !== 1) await new Promise((resolve) => setTimeout(resolve, 10))
    control.abort()
    await expect(emptying).rejects.toMatchObject({ name: 'CloudFailure', code: 'cancelled' })
    expect(await calls.countObjects(HOME, 'full', 10_000)).toBe(500)
    await cloud.control.clearFaults()
    expect(await calls.emptyBucket(HOME, 'full', signal)).toBe(500)
  })
})
