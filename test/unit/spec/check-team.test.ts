import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkTeam } from '../../../src/spec/check-team.ts'

const pointers = (...args: Parameters<typeof checkTeam>) => checkTeam(...args).map((error) => error.pointer)
const team = (placement: object, guardrails: object = {}) => ({
  placement: { region: 'eu-central-1', ...placement },
  guardrails
})

describe('checkTeam', () => {
  it('takes a good placement', () => {
    expect(
      checkTeam(
        team(
          {
            accountId: '123456789012',
            roleArn: 'arn:aws:iam::123456789012:role/batchyard',
            network: { subnets: ['subnet-0000000a'], securityGroups: ['sg-0000000a'] }
          },
          { regions: ['*', 'us-east-1'] }
        )
      )
    ).toEqual([])
  })

  it.each<[string, string, object]>([
    ['an unknown region', '/placement/region', team({ region: 'eu-centra-1' })],
    [
      'a role of another account',
      '/placement/roleArn',
      team({ accountId: '123456789012', roleArn: 'arn:aws:iam::999999999999:role/x' })
    ],
    ['a role of another partition', '/placement/roleArn', team({ roleArn: 'arn:aws-cn:iam::999999999999:role/x' })],
    [
      'groups without subnets',
      '/placement/network/securityGroups',
      team({ network: { securityGroups: ['sg-0000000a'] } })
    ],
    ['an unknown region in the guardrails', '/guardrails/regions/1', team({}, { regions: ['us-east-1', 'us-est-1'] })]
  ])('refuses %s', (_, pointer, body) => {
    expect(pointers(body)).toEqual([pointer])
  })

  it('says nothing of what the schema has refused', () => {
    expect(pointers(team({ region: 'x' }), [{ pointer: '/placement/region', message: 'wrong' }])).toEqual([])
  })

  it('leaves the entries of a list alone that has too many', () => {
    const regions = Array.from({ length: 20_000 }, (_, index) => `eu-centra-${index}`)
    expect(
      pointers(team({}, { regions }), [{ pointer: '/guardrails/regions', message: 'must have 200 items or less' }])
    ).toEqual([])
  })

  it('reads a body of any shape', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => { expect(Array.isArray(checkTeam(body))).toBe(true) }))
  })
})
