import { describe, expect, it } from 'vitest'
import type { SandboxCloud } from '../../../src/sandbox/aws/client.ts'
import type { Spec } from '../../../src/schemas/spec.ts'
import type { Placement } from '../../../src/schemas/team.ts'
import type { EngineExecutable } from '../../../src/engine/index.ts'
import { withCloud } from '../../support/aws/cloud.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { inputOf } from './event-log.ts'
import { withStack, type StateResource } from './stack.ts'

const ACCOUNT = '210987654321'
const THERE = { account: ACCOUNT, region: 'us-east-1' }
const SPEC: Spec = {
  team: 'vision',
  name: 'training',
  jobs: { train: { image: 'public.ecr.aws/docker/library/python:3.13' } }
}
const PLACEMENT: Placement = {
  region: THERE.region, accountId: ACCOUNT, roleArn: `arn:aws:iam::${ACCOUNT}:role/provisioner`, externalId: 'vision-1'
}

const inputs = (state: StateResource[], kind: string) =>
  state.find(({ type }) => type.startsWith('aws:') && type.endsWith(`:${kind}`))?.inputs

/** Runs the program where it is refused; answers the reason and what there is in the cloud afterwards. */
async function refused (
  engine: EngineExecutable,
  cloud: SandboxCloud,
  spec: Spec,
  placement: Placement
): Promise<{ reason: string, left: unknown[] }> {
  return withStack(engine, inputOf(spec, placement), cloud, async (stack) => {
    const reason = await stack.up().then(
      () => 'it was not refused',
      (error: unknown) => String(error)
    )
    await stack.destroy()
    return { reason, left: await cloud.control.resources() }
  })
}

describe.each(await enginesPresent())('a team\'s placement, on the $kind engine', (engine) => {
  it('is where the environment goes: its account by its role, its subnets and groups', async () => {
    await withCloud(async (cloud) => {
      const { subnets, securityGroupId } = await cloud.control.addNetwork({ ...THERE, public: false })
      const network = { subnets: subnets.map(({ id }) => id), securityGroups: [securityGroupId] }
      await withStack(engine, inputOf(SPEC, { ...PLACEMENT, network }), cloud, async (stack) => {
        const { outputs } = await stack.up()
        const state = await stack.state()
        const provider = state.find(({ type }) => type === 'pulumi:providers:aws')
        for (const part of ['provisioner', 'vision-1', 'batchyard-vision-training-7d0300d27596', ACCOUNT]) {
          expect(JSON.stringify(provider?.inputs)).toContain(part)
        }
        expect(inputs(state, 'SecurityGroup')).toBeUndefined()
        expect(inputs(state, 'ComputeEnvironment')?.['computeResources']).toMatchObject({
          subnets: network.subnets,
          securityGroupIds: network.securityGroups
        })
        expect(inputs(state, 'JobDefinition')?.['containerProperties']).toContain('"assignPublicIp":"DISABLED"')
        expect(inputs(state, 'Service')?.['networkConfiguration']).toMatchObject({
          assignPublicIp: false,
          subnets: network.subnets
        })
        expect(JSON.stringify(state)).not.toContain('ecr:GetAuthorizationToken')
        expect(outputs).toMatchObject({
          account_id: ACCOUNT,
          region: THERE.region,
          job_queue_name: 'batchyard-vision-training-7d0300d27596-default',
          job_definition_name: 'batchyard-vision-training-7d0300d27596-train',
          jobs: { train: { definition_revision: 1 } },
          security_group_ids: network.securityGroups
        })
        expect((await cloud.control.resources()).map(({ account }) => account)).not.toContain('123456789012')
        await stack.destroy()
      })
      expect(await cloud.control.resources()).toEqual([])
    })
  })

  it('leaves out the zones of the default VPC that have no Fargate', async () => {
    await withCloud(async (cloud) => {
      const zones = (await cloud.control.networks(THERE)).flatMap(({ subnets }) => subnets)
      await withStack(engine, inputOf(SPEC, PLACEMENT), cloud, async (stack) => {
        const { outputs } = await stack.up()
        // The third zone of us-east-1 is use1-az3.
        expect(outputs['subnet_ids']).toEqual(zones.slice(0, 2).map(({ id }) => id).sort())
        await stack.destroy()
      })
    })
  })

  it('is refused before anything is created where it does not hold together', async () => {
    await withCloud(async (cloud) => {
      const [home, other] = [await cloud.control.addNetwork(THERE), await cloud.control.addNetwork(THERE)]
      const [subnet = '', stranger = ''] = [home, other].map(({ subnets }) => subnets[0]?.id)
      const cases: Array<[Placement['network'], RegExp]> = [
        [{ subnets: [subnet, stranger] }, /\[network-mismatch\] All subnets must be of one VPC/],
        [{ subnets: ['subnet-00000000'] }, /\[not-found-in-cloud\] There is no subnet subnet-00000000 in us-east-1/],
        [
          { subnets: [subnet], securityGroups: [other.securityGroupId] },
          /\[network-mismatch\] Security group sg-\w+ is of vpc-/
        ],
        [
          { subnets: [subnet], securityGroups: ['sg-00000000'] },
          /\[not-found-in-cloud\] There is no security group sg-00000000/
        ]
      ]
      for (const [network = {}, reason] of cases) {
        expect(await refused(engine, cloud, SPEC, { ...PLACEMENT, network })).toEqual({
          reason: expect.stringMatching(reason),
          left: []
        })
      }
    })
  })

  it('is refused where the account has no default VPC and no subnets are named', async () => {
    await withCloud(async (cloud) => {
      await cloud.control.removeDefaultVpc(THERE)
      const { reason, left } = await refused(engine, cloud, SPEC, PLACEMENT)
      expect(reason).toContain('[default-vpc-missing] The account has no default VPC in us-east-1')
      expect(left).toEqual([])
    })
  })

  it('is refused where the credentials lead to another account', async () => {
    await withCloud(async (cloud) => {
      const { reason, left } = await refused(engine, cloud, SPEC, { region: THERE.region, accountId: ACCOUNT })
      expect(reason).toMatch(/account ID not allowed/i)
      expect(left).toEqual([])
    })
  })
})
