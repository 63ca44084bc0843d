import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attachSandboxCloud, type SandboxCloud } from '../../../src/sandbox/aws/client.ts'
import { endOf } from '../../support/aws/cloud.ts'

const home = { account: '123456789012', region: 'us-east-1' }
const other = { account: '222222222222', region: 'eu-west-1' }

/** What version 0.1.0 wrote: the default VPC of one account removed, a VPC added to another. */
const OLD_LINES = [
  { speed: 0 },
  { counter: ['serial', 1] },
  { counter: ['vpc', 1] },
  {
    fault: {
      kind: 'fail',
      on: 'create',
      type: 'aws:s3/bucket:Bucket',
      id: '4d6b2b3c-7e0b-4f0f-9d2d-6f3f0a3a2b11',
      matched: 3,
      struck: 1
    }
  },
  { vpcGone: 'vpc-07d45472d0feb6985' },
  {
    vpc: {
      account: '222222222222',
      region: 'eu-west-1',
      id: 'vpc-0e2e81630be712c36',
      cidr: '10.0.0.0/16',
      isDefault: false,
      securityGroup: 'sg-09fbdca443a5afbf3',
      subnets: [
        {
          id: 'subnet-0cad644b0bea687e8',
          cidr: '10.0.0.0/20',
          zone: 'eu-west-1a',
          zoneId: 'euw1-az1',
          isPublic: false
        },
        {
          id: 'subnet-026519c5753f91b9e',
          cidr: '10.0.16.0/20',
          zone: 'eu-west-1b',
          zoneId: 'euw1-az2',
          isPublic: false
        },
        {
          id: 'subnet-007107070fb922656',
          cidr: '10.0.32.0/20',
          zone: 'eu-west-1c',
          zoneId: 'euw1-az3',
          isPublic: false
        }
      ]
    }
  },
  {
    put: {
      key: 'aws:s3/bucket:Bucket|*|*|kept',
      type: 'aws:s3/bucket:Bucket',
      id: 'kept',
      account: '123456789012',
      region: 'us-east-1',
      name: 'kept',
      status: 'active',
      createdAt: '2026-11-01T00:00:00.000Z',
      serial: 1,
      props: { arn: 'arn:aws:s3:::kept', bucket: 'kept', region: 'us-east-1', tags: {}, tagsAll: {} },
      facts: { objects: { 'a/b': 7 } }
    }
  }
]

/** Lends a cloud whose journal holds these lines. */
async function withJournal (lines: object[], use: (cloud: SandboxCloud) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-aws-'))
  await writeFile(join(dataDir, 'sandbox-aws.journal'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const cloud = await attachSandboxCloud({ dataDir, speed: 0 })
  try {
    await use(cloud)
  } finally {
    const { pid } = await cloud.ensure()
    await cloud.release()
    await endOf(pid)
    await rm(dataDir, { recursive: true, force: true })
  }
}

describe('a journal of an older version', () => {
  it('opens with its VPCs, its removed default VPC, its objects and its faults', async () => {
    await withJournal(OLD_LINES, async ({ control }) => {
      expect(await control.networks(home)).toEqual([])
      const networks = await control.networks(other)
      expect(networks.map(({ isDefault }) => isDefault).sort()).toEqual([false, true])
      expect(networks.find(({ isDefault }) => !isDefault)).toMatchObject({
        vpcId: 'vpc-0e2e81630be712c36',
        cidrBlock: '10.0.0.0/16',
        securityGroupId: 'sg-09fbdca443a5afbf3',
        subnets: [
          { id: 'subnet-0cad644b0bea687e8', cidrBlock: '10.0.0.0/20', availabilityZone: 'eu-west-1a', isPublic: false },
          {
            id: 'subnet-026519c5753f91b9e',
            cidrBlock: '10.0.16.0/20',
            availabilityZone: 'eu-west-1b',
            isPublic: false
          },
          { id: 'subnet-007107070fb922656', cidrBlock: '10.0.32.0/20', availabilityZone: 'eu-west-1c', isPublic: false }
        ]
      })
      expect((await control.resources()).map(({ name }) => name)).toEqual(['kept'])
      expect(await control.objects({ bucket: 'kept' })).toEqual([{ key: 'a/b', size: 7 }])
      expect(await control.faults()).toMatchObject([{ matched: 3, struck: 1 }])
      await control.restoreDefaultVpc(home)
      expect(await control.networks(home)).toMatchObject([{ vpcId: 'vpc-07d45472d0feb6985', isDefault: true }])
    })
  })
})
