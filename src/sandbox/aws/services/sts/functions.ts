import type { AwsCaller, ProviderFunction } from '../../model/types.ts'
import type { Props } from '../../values.ts'

export const stsFunctions: readonly ProviderFunction[] = [{
  token: 'aws:index/getCallerIdentity:getCallerIdentity',
  service: 'STS',
  takes: ['id'],
  run: (_args, { caller }) => getCallerIdentity(caller)
}]

/** Who the caller is: the assumed role's session, else a user of the account. */
export function getCallerIdentity ({ account, partition, role }: AwsCaller): Props {
  return role
    ? {
        id: account,
        accountId: account,
        arn: `arn:${partition}:sts::${account}:assumed-role/${role.name}/${role.session}`,
        userId: `AROASANDBOXSANDBOX123:${role.session}`
      }
    : {
        id: account,
        accountId: account,
        arn: `arn:${partition}:iam::${account}:user/sandbox`,
        userId: 'AIDASANDBOXSANDBOX123'
      }
}
