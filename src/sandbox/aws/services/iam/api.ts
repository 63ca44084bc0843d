import { ApiError } from '../../model/errors.ts'
import type { Call } from '../../model/types.ts'
import { ROLE, rolesOf } from './lookups.ts'
import { textProperty, type Props } from '../../values.ts'
import { isVisible } from '../../world/item.ts'
import type { AwsApi } from '../../api/operation.ts'

export const iamApi: AwsApi = {
  id: 'IAM',
  protocol: 'query',
  operations: {
    GetRole: {
      on: 'read',
      type: ROLE,
      takes: ['RoleName'],
      name: (input) => textProperty(input, 'RoleName'),
      run: getRole
    }
  }
}

function getRole (input: Props, call: Call): Props {
  const name = textProperty(input, 'RoleName')
  const found = rolesOf(call.world, call.account)
    .find((role) => role.name === name && role.status !== 'deleting' && isVisible(role))
  if (!found) throw new ApiError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404)
  const { props } = found
  return {
    Role: {
      Path: textProperty(props, 'path'),
      RoleName: name,
      RoleId: textProperty(props, 'uniqueId'),
      Arn: textProperty(props, 'arn'),
      CreateDate: textProperty(props, 'createDate'),
      AssumeRolePolicyDocument: encodeURIComponent(textProperty(props, 'assumeRolePolicy'))
    }
  }
}
