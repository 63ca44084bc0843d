import { describe, expect, it } from 'vitest'
import type { BorrowedCloud } from '../../../support/aws/cloud.ts'
import { ROLE, ROLE_POLICY, trust } from '../../../support/aws/declare.ts'
import type { Created, TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'
import type { Props } from '../../../../src/sandbox/aws/values.ts'

let cloud: BorrowedCloud
let provider: TestProvider
useCloud((lent) => { ({ cloud, provider } = lent) })

const policy = (over: Props = {}): string => JSON.stringify({
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/*', ...over }]
})

async function role (name: string, service = 'ecs-tasks.amazonaws.com'): Promise<Created> {
  return provider.create(ROLE, name, { name, assumeRolePolicy: trust(service) })
}

describe('IAM', () => {
  it('keeps a role that has policies, and names that are taken', async () => {
    const made = await role('job')
    expect(made.outputs).toMatchObject({
      arn: 'arn:aws:iam::123456789012:role/job',
      path: '/',
      maxSessionDuration: 3600
    })
    const attached = await provider.create(ROLE_POLICY, 'access', { role: 'job', policy: policy() })
    await expect(role('job')).rejects.toThrow(
      /StatusCode: 409, .*EntityAlreadyExists: Role with name job already exists\./
    )
    await expect(provider.remove(ROLE, 'job', made.outputs)).rejects.toThrow(
      /DeleteConflict: Cannot delete entity, must delete policies first\./
    )
    await provider.remove(ROLE_POLICY, attached.id, attached.outputs)
    await provider.remove(ROLE, 'job', made.outputs)
    expect(await cloud.control.resources()).toEqual([])
  })

  it.each([
    ['no statement', JSON.stringify({ Version: '2012-10-17', Statement: [] }), /MalformedPolicyDocument/],
    [
      'a principal that is no service',
      trust('nobody'),
      /MalformedPolicyDocument: Invalid principal in policy: "SERVICE":"nobody"/
    ],
    ['no JSON', '{', /contains an invalid JSON policy/]
  ])('refuses a trust policy with %s', async (_case, assumeRolePolicy, message) => {
    await expect(provider.create(ROLE, 'job', { assumeRolePolicy })).rejects.toThrow(message)
  })

  it.each([
    ['a resource that is no ARN', policy({ Resource: 'bucket' }), /must be in ARN format/],
    [
      'an action without a service',
      policy({ Action: 'GetObject' }),
      /Actions\/Conditions must be prefaced by a vendor/
    ],
    ['a principal', policy({ Principal: '*' }), /should not specify a principal/],
    [
      'more than 10,240 characters',
      policy({ Resource: Array.from({ length: 400 }, () => 'arn:aws:s3:::bucket-with-a-long-name/*') }),
      /LimitExceeded: Maximum policy size of 10240/
    ]
  ])('refuses a role policy with %s', async (_case, document, message) => {
    await role('job')
    await expect(provider.create(ROLE_POLICY, 'access', { role: 'job', policy: document })).rejects.toThrow(message)
  })

  it('refuses a policy for a role that is not there, and names that are too long', async () => {
    await expect(provider.create(ROLE_POLICY, 'access', { role: 'nobody', policy: policy() })).rejects.toThrow(
      /NoSuchEntity: The role with name nobody cannot be found\./
    )
    await expect(
      provider.create(ROLE, 'r'.repeat(57), { assumeRolePolicy: trust('ecs-tasks.amazonaws.com') })
    ).rejects.toThrow(/longer than maximum length 64/)
  })
})
