import { ApiError } from '../../model/errors.ts'
import type { Call } from '../../model/types.ts'
import { ROLE_ARN } from '../../provider/configuration.ts'
import { getCallerIdentity } from './functions.ts'
import { textProperty, type Props } from '../../values.ts'
import { sessionToken } from '../../api/caller.ts'
import type { AwsApi } from '../../api/operation.ts'

export const stsApi: AwsApi = {
  id: 'STS',
  protocol: 'query',
  operations: {
    AssumeRole: {
      on: 'invoke',
      type: 'sts:AssumeRole',
      takes: ['RoleArn', 'RoleSessionName', 'ExternalId', 'DurationSeconds'],
      name: (input) => textProperty(input, 'RoleArn'),
      run: assumeRole
    },
    GetCallerIdentity: { on: 'invoke', type: 'sts:GetCallerIdentity', takes: [], run: callerIdentity }
  }
}

/** As in the provider, every role lets everybody assume it. */
function assumeRole (input: Props, call: Call): Props {
  const arn = textProperty(input, 'RoleArn')
  const session = textProperty(input, 'RoleSessionName')
  const [, partition, account, path = ''] = ROLE_ARN.exec(arn) ?? []
  if (partition === undefined || account === undefined) throw new ApiError('ValidationError', `${arn} is invalid`)
  const name = path.split('/').at(-1) ?? path
  const seconds = Number(textProperty(input, 'DurationSeconds') || 3600)
  const expires = new Date(Date.parse(call.now) + seconds * 1000)
  return {
    Credentials: {
      AccessKeyId: `ASIASANDBOX${account}`,
      SecretAccessKey: 'sandbox',
      SessionToken: sessionToken({ account, role: { name, session }, expires: expires.getTime() }),
      Expiration: expires.toISOString()
    },
    AssumedRoleUser: {
      AssumedRoleId: `AROASANDBOXSANDBOX123:${session}`,
      Arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${session}`
    }
  }
}

function callerIdentity (_input: Props, { caller }: Call): Props {
  const { accountId, arn, userId } = getCallerIdentity(caller)
  return { Account: accountId ?? '', Arn: arn ?? '', UserId: userId ?? '' }
}
