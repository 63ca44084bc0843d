import fc from 'fast-check'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { ResolvedSpec, Spec } from '../../../src/schemas/spec.ts'
import { Placement } from '../../../src/schemas/team.ts'
import { checkSpec } from '../../../src/spec/check.ts'
import { resolveSpec } from '../../../src/spec/resolve.ts'
import { placement, spec } from './arbitraries.ts'

const LEAST: Spec = {
  team: 'vision',
  name: 'training',
  jobs: { default: { image: 'public.ecr.aws/docker/library/python:3.13' } }
}

/** The resolved spec as a spec: what means the default VPC and a group of our own is left out. */
function asSpec (resolved: ResolvedSpec): Spec {
  const { subnets, securityGroups, assignPublicIp } = resolved.network
  return {
    ...resolved,
    network: { assignPublicIp, ...(subnets && { subnets }), ...(securityGroups && { securityGroups }) }
  }
}

describe('resolveSpec', () => {
  it('fills every default into the least spec that works', () => {
    expect(resolveSpec(LEAST, { region: 'eu-central-1' })).toEqual({
      team: 'vision',
      name: 'training',
      region: 'eu-central-1',
      labels: {},
      compute: { default: { type: 'FARGATE_SPOT', maxVcpus: 100 } },
      queues: { default: { priority: 1 } },
      jobs: {
        default: {
          image: 'public.ecr.aws/docker/library/python:3.13',
          command: [],
          environment: {},
          vcpus: 0.25,
          memoryMiB: 512,
          timeoutSeconds: 86_400,
          attempts: 5
        }
      },
      service: { image: 'public.ecr.aws/docker/library/python:3.13', cpu: 256, memoryMiB: 512, desiredCount: 0 },
      network: { subnets: null, securityGroups: null, assignPublicIp: true },
      logs: { retentionDays: 30 },
      deletion: { protected: false, bucket: 'refuse', jobs: 'refuse', logs: 'delete' },
      driftIgnore: { tagKeys: [], tagKeyPrefixes: [] }
    })
  })

  it('keeps what the spec says, and the names of its entries', () => {
    const given: Spec = {
      ...LEAST,
      region: 'us-east-1',
      labels: { cost: '7' },
      compute: { spot: { maxVcpus: 8 } },
      queues: { fast: { priority: 9 } },
      jobs: { train: { image: 'alpine', vcpus: 1, attempts: 1 } },
      service: { memoryMiB: 4096, desiredCount: 2 },
      logs: { retentionDays: 7 }
    }
    expect(resolveSpec(given, { region: 'eu-central-1' })).toMatchObject({
      region: 'us-east-1',
      labels: { cost: '7' },
      compute: { spot: { type: 'FARGATE_SPOT', maxVcpus: 8 } },
      queues: { fast: { priority: 9 } },
      jobs: { train: { image: 'alpine', vcpus: 1, memoryMiB: 2048, attempts: 1 } },
      service: { image: 'alpine', cpu: 512, memoryMiB: 4096, desiredCount: 2 },
      logs: { retentionDays: 7 }
    })
  })

  it('takes the network from the spec, then from the placement, then from the account', () => {
    const network = { subnets: ['subnet-0000000a'], securityGroups: ['sg-0000000a'] }
    const own = { subnets: ['subnet-0000000b'] }
    const at = { region: 'eu-central-1', network }
    expect(resolveSpec(LEAST, at).network).toEqual({ ...network, assignPublicIp: false })
    expect(resolveSpec({ ...LEAST, network: own }, at).network).toEqual({
      ...own,
      securityGroups: ['sg-0000000a'],
      assignPublicIp: false
    })
    expect(resolveSpec({ ...LEAST, network: { assignPublicIp: true } }, at).network).toEqual({
      ...network,
      assignPublicIp: true
    })
    expect(
      resolveSpec(LEAST, { region: 'eu-central-1', network: { assignPublicIp: false } }).network.assignPublicIp
    ).toBe(false)
  })

  it('leaves the placement\'s network aside in another region than the placement\'s', () => {
    const at = { region: 'eu-central-1', network: { subnets: ['subnet-0000000a'], assignPublicIp: false } }
    expect(resolveSpec({ ...LEAST, region: 'us-east-1' }, at).network).toEqual({
      subnets: null,
      securityGroups: null,
      assignPublicIp: true
    })
  })

  it('answers what the schema and every rule take, for every good spec', () => {
    fc.assert(fc.property(spec, placement, (spec, placement) => {
      expect(Value.Check(Spec, spec)).toBe(true)
      expect(Value.Check(Placement, placement)).toBe(true)
      expect(checkSpec(spec, [], placement)).toEqual([])
      const resolved = resolveSpec(spec, placement)
      expect(Value.Check(ResolvedSpec, resolved)).toBe(true)
      expect(checkSpec(asSpec(resolved), [], placement)).toEqual([])
    }))
  })

  it('changes nothing when its answer is resolved again', () => {
    fc.assert(fc.property(spec, placement, (spec, placement) => {
      // Elsewhere than at the spec's region the placement would give a network to what was resolved to the default one.
      const there = { ...placement, region: spec.region ?? placement.region }
      const resolved = resolveSpec(spec, there)
      expect(resolveSpec(asSpec(resolved), there)).toEqual(resolved)
    }))
  })

  it('takes a resolved spec for what it is, wherever the placement is', () => {
    fc.assert(fc.property(spec, placement, placement, (spec, placement, other) => {
      const resolved = resolveSpec(spec, placement)
      expect(resolveSpec(resolved as Spec, other)).toEqual(resolved)
    }))
  })
})
