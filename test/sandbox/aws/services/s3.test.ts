import { describe, expect, it } from 'vitest'
import type { BorrowedCloud } from '../../../support/aws/cloud.ts'
import { BUCKET } from '../../../support/aws/declare.ts'
import { connectProvider, type TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'

const ACCESS = 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock'
const POLICY = 'aws:s3/bucketPolicy:BucketPolicy'
const LIFECYCLE = 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration'

let cloud: BorrowedCloud
let provider: TestProvider
useCloud((lent) => { ({ cloud, provider } = lent) })

const asTeam = async (account: string): Promise<TestProvider> =>
  connectProvider(cloud.grpcPort, {
    region: 'us-east-1',
    assumeRoles: JSON.stringify([{ roleArn: `arn:aws:iam::${account}:role/team`, sessionName: 'batchyard' }])
  })

describe('a bucket', () => {
  it('is named in lower case, and has the addresses of its region', async () => {
    const { id, outputs } = await provider.create(BUCKET, 'Output', {})
    expect(id).toMatch(/^output-[0-9a-f]{7}$/)
    expect(outputs).toMatchObject({
      bucket: id,
      arn: `arn:aws:s3:::${id}`,
      bucketRegionalDomainName: `${id}.s3.us-east-1.amazonaws.com`
    })
  })

  it('belongs to one account of all', async () => {
    await provider.create(BUCKET, 'b', { bucket: 'only-one' })
    await expect(provider.create(BUCKET, 'c', { bucket: 'only-one' })).rejects.toThrow(
      /HostID: \w+, BucketAlreadyOwnedByYou/
    )
    const team = await asTeam('222222222222')
    await expect(team.create(BUCKET, 'b', { bucket: 'only-one' })).rejects.toThrow(/BucketAlreadyExists/)
    await expect(team.create(ACCESS, 'a', { bucket: 'only-one', blockPublicAcls: true })).rejects.toThrow(
      /api error AccessDenied/
    )
    expect((await team.read(BUCKET, 'only-one', { region: 'us-east-1' })).id).toBe('')
    team.close()
  })

  it('is not deleted with objects in it, unless that was asked for', async () => {
    const kept = await provider.create(BUCKET, 'b', { bucket: 'kept' })
    await cloud.control.putObjects({
      bucket: 'kept',
      objects: [{ key: 'a/1', size: 10 }, { key: 'a/2', size: 20 }]
    })
    const objects = await cloud.control.objects({ bucket: 'kept' })
    expect(objects).toEqual([{ key: 'a/1', size: 10 }, { key: 'a/2', size: 20 }])
    await expect(provider.remove(BUCKET, 'kept', kept.outputs)).rejects.toThrow(
      /StatusCode: 409, .*api error BucketNotEmpty: The bucket you tried to delete is not empty/
    )
    await cloud.control.deleteObject({ bucket: 'kept', key: 'a/1' })
    expect(await cloud.control.objects({ bucket: 'kept' })).toEqual([{ key: 'a/2', size: 20 }])
    const forced = await provider.update(BUCKET, 'kept', kept.outputs, { ...kept.inputs, forceDestroy: true })
    await provider.remove(BUCKET, 'kept', forced)
    expect(await cloud.control.resources()).toEqual([])
  })

  it.each(['-a', 'UPPER', 'a..b', '192.168.0.1', 'xn--a', 'ab', 'a-s3alias'])('is not called %s', async (bucket) => {
    await expect(provider.create(BUCKET, 'b', { bucket })).rejects.toThrow(/validating S3 Bucket/)
  })

  it('takes its side resources with it, and they need it', async () => {
    await expect(provider.create(ACCESS, 'a', { bucket: 'none' })).rejects.toThrow(/StatusCode: 404, .*NoSuchBucket/)
    const made = await provider.create(BUCKET, 'b', { bucket: 'some' })
    await provider.create(ACCESS, 'a', { bucket: 'some', blockPublicPolicy: true })
    const open = JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::some/*' }]
    })
    await expect(provider.create(POLICY, 'p', { bucket: 'some', policy: open })).rejects.toThrow(
      /AccessDenied: .*BlockPublicPolicy/
    )
    await provider.create(POLICY, 'p', { bucket: 'some', policy: open.replace('Allow', 'Deny') })
    await expect(
      provider.create(LIFECYCLE, 'l', { bucket: 'some', rules: [{ id: 'x', status: 'Enabled' }] })
    ).rejects.toThrow(/At least one action/)
    await provider.remove(BUCKET, 'some', made.outputs)
    expect(await cloud.control.resources()).toEqual([])
  })
})
