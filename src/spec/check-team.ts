import type { FieldError } from '../schemas/problem.ts'
import { ownField, fieldError, pointer, schemaFindings, text } from './body.ts'
import { partitionOf, regionProblem } from './regions.ts'

interface Role { readonly partition: string, readonly accountId: string }

function roleOf (arn: string | undefined): Role | undefined {
  const [, partition, , , accountId] = arn?.split(':') ?? []
  return partition === undefined || accountId === undefined ? undefined : { partition, accountId }
}

function roleProblem (role: Role, accountId: string | undefined, region: string | undefined): string | undefined {
  if (accountId !== undefined && role.accountId !== accountId) {
    return `the role is of account ${role.accountId}, the placement's accountId is ${accountId}`
  }
  const partition = region === undefined ? undefined : partitionOf(region)
  return partition === undefined || partition === role.partition
    ? undefined
    : `the role is in partition ${role.partition}, ${region} in ${partition}`
}

/**
 * What the schema of `PUT /teams/{team}` cannot say: regions AWS has, a role of the account and partition named, groups
 * only beside subnets. Tolerant like `checkSpec`; answers the further errors only.
 */
export function checkTeam (body: unknown, schemaErrors: readonly FieldError[] = []): FieldError[] {
  const { passed, refused } = schemaFindings(schemaErrors)
  const placement = ownField(body, 'placement')
  const read = (name: string): string | undefined =>
    passed(pointer('placement', name)) ? text(ownField(placement, name)) : undefined
  const region = read('region')
  const role = roleOf(read('roleArn'))
  const network = ownField(placement, 'network')
  const listed = ownField(ownField(body, 'guardrails'), 'regions')
  return [
    ...(region === undefined ? [] : fieldError('/placement/region', regionProblem(region))),
    ...(role === undefined ? [] : fieldError('/placement/roleArn', roleProblem(role, read('accountId'), region))),
    ...fieldError(
      '/placement/network/securityGroups',
      ownField(network, 'securityGroups') !== undefined && ownField(network, 'subnets') === undefined
        ? 'security groups belong to a VPC: name subnets of it too'
        : undefined
    ),
    ...(Array.isArray(listed) && !refused('/guardrails/regions') ? listed : []).flatMap((entry: unknown, index) => {
      const at = pointer('guardrails', 'regions', index)
      return typeof entry === 'string' && entry !== '*' && passed(at) ? fieldError(at, regionProblem(entry)) : []
    })
  ]
}
