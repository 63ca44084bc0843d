import { describe, expect, it } from 'vitest'
import type { Spec } from '../../../src/schemas/spec.ts'
import type { Guardrails } from '../../../src/schemas/team.ts'
import { checkGuardrails } from '../../../src/spec/guardrails.ts'

const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com'
const placement = {
  region: 'eu-central-1',
  accountId: '123456789012',
  network: { subnets: ['subnet-0000000a'], securityGroups: ['sg-0000000a'] }
}
const spec = (more: Partial<Spec> = {}, image = 'public.ecr.aws/docker/library/python:3.13'): Spec =>
  ({ team: 'vision', name: 'training', jobs: { default: { image } }, ...more })
const pointers = (asked: Spec, guardrails: Guardrails = {}) =>
  checkGuardrails(asked, placement, guardrails).map((error) => error.pointer)

describe('guardrails', () => {
  it('let pass what stays within the placement', () => {
    expect(pointers(spec())).toEqual([])
    expect(
      pointers(
        spec({ region: 'eu-central-1', network: { subnets: ['subnet-0000000a'], securityGroups: ['sg-0000000a'] } })
      )
    ).toEqual([])
  })

  it('default to nothing: every field beyond is named at once', () => {
    const asked = spec({
      region: 'us-east-1',
      network: { subnets: ['subnet-0000000b', 'subnet-0000000c'], securityGroups: ['sg-0000000b'] },
      service: { image: `${ECR}/b` }
    }, `${ECR}/a:1`)
    expect(pointers(asked)).toEqual([
      '/region',
      '/network/subnets/0',
      '/network/subnets/1',
      '/network/securityGroups/0',
      '/jobs/default/image',
      '/service/image'
    ])
  })

  it('let pass what they list, and no more', () => {
    expect(pointers(spec({ region: 'us-east-1' }), { regions: ['us-east-1'] })).toEqual([])
    expect(pointers(spec({ region: 'us-east-1' }), { regions: ['*'] })).toEqual([])
    expect(pointers(spec({ region: 'us-east-1' }), { regions: ['us-east-2'] })).toEqual(['/region'])
    const network = { subnets: ['subnet-0000000a', 'subnet-0000000b'] }
    expect(pointers(spec({ network }), { subnets: ['subnet-0000000b'] })).toEqual([])
    expect(pointers(spec({ network }), { securityGroups: ['*'] })).toEqual(['/network/subnets/1'])
  })

  it.each<[string, string[], boolean]>([
    [`${ECR}/vision/train:1`, [`${ECR}/vision/train`], true],
    [`${ECR}/vision/train:1`, [`${ECR}/vision/*`], true],
    [`${ECR}/vision/train:1`, ['*'], true],
    [`${ECR}/vision-2/train`, [`${ECR}/vision/*`], false],
    [`${ECR}/vision/train-2`, [`${ECR}/vision/train`], false],
    [`${ECR.toUpperCase()}/vision/train`, [], false],
    ['999999999999.dkr.ecr.eu-central-1.amazonaws.com/vision/train', [`${ECR}/vision/*`], false]
  ])('private image %s with %j listed: %s', (image, ecrRepositories, allowed) => {
    expect(pointers(spec({}, image), { ecrRepositories })).toEqual(allowed ? [] : ['/jobs/default/image'])
  })

  it('count the placement\'s subnets for its own region only', () => {
    expect(
      pointers(spec({ region: 'us-east-1', network: { subnets: ['subnet-0000000a'] } }), { regions: ['*'] })
    ).toEqual(['/network/subnets/0'])
  })

  it('say what would allow it', () => {
    expect(checkGuardrails(spec({ region: 'us-east-1' }), placement, {})[0]?.message).toBe(
      'us-east-1 is beyond the team\'s guardrails; ' +
        'an admin allows it by PUT /teams/vision with "us-east-1" in guardrails.regions'
    )
  })
})
