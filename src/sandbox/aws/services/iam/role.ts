import { createHash } from 'node:crypto'
import { ApiError } from '../../model/errors.ts'
import {
  anArn,
  between,
  countField,
  flagField,
  jsonField,
  lengthBetween,
  matching,
  tagsFields,
  textField
} from '../../model/fields.ts'
import type { Call, AwsResourceType } from '../../model/types.ts'
import { flag, parseJson, isProps, textProperty, type Props } from '../../values.ts'
import { isVisible, type Item } from '../../world/item.ts'
import { ROLE, ROLE_POLICY, rolesOf } from './lookups.ts'
import { checkPolicy } from './policy-document.ts'

/** Default quotas: roles of an account, and characters of all inline policies of one role together. */
const MAX_ROLES = 1000
const MAX_INLINE = 10_240

const iamName = (max: number) => matching(new RegExp(`^[\\w+=,.@-]{1,${max}}$`),
  `must be 1 to ${max} alphanumeric characters, including any of +=,.@-_`)
const MISSING = 404

export const role: AwsResourceType = {
  token: ROLE,
  label: 'IAM Role',
  service: 'IAM',
  calls: { create: 'CreateRole', read: 'GetRole', update: 'UpdateAssumeRolePolicy', delete: 'DeleteRole' },
  scope: 'account',
  fields: {
    ...tagsFields,
    name: textField({ forceNew: true, computed: true, rule: iamName(64) }),
    path: textField({
      forceNew: true,
      default: '/',
      rule: matching(/^\/([!-~]{1,510}\/)?$/, 'must begin and end with /')
    }),
    assumeRolePolicy: jsonField({ required: true }),
    description: textField({ rule: lengthBetween(0, 1000) }),
    maxSessionDuration: countField({ default: 3600, rule: between(3600, 43_200) }),
    permissionsBoundary: textField({ rule: anArn }),
    forceDetachPolicies: flagField({ default: false })
  },
  unsupported: ['namePrefix', 'inlinePolicies', 'managedPolicyArns'],
  computed: ['arn', 'createDate', 'uniqueId', 'managedPolicyArns', 'inlinePolicies', 'namePrefix'],
  autoName: { field: 'name', max: 64 },
  seconds: { create: 1.5, update: 1, delete: 1.5 },
  check: (inputs) =>
    isProps(parseJson(textProperty(inputs, 'assumeRolePolicy')))
      ? []
      : [{ path: 'assumeRolePolicy', reason: '"assume_role_policy" contains an invalid JSON policy' }],
  validate: (inputs, call, item) => {
    checkPolicy(textProperty(inputs, 'assumeRolePolicy'), 'trust')
    if (!item && rolesOf(call.world, call.account).length >= MAX_ROLES) {
      throw new ApiError('LimitExceeded', `Cannot exceed quota for RolesPerAccount: ${MAX_ROLES}`, 409)
    }
  },
  draft: (inputs, call) => {
    const name = textProperty(inputs, 'name')
    return {
      id: name,
      name,
      props: {
        arn: `arn:${call.partition}:iam::${call.account}:role${textProperty(inputs, 'path')}${name}`,
        createDate: call.now.replace(/\.\d+Z$/, 'Z'),
        uniqueId: uniqueId(`${call.account}|${name}|${call.now}`),
        namePrefix: '',
        managedPolicyArns: [],
        inlinePolicies: []
      }
    }
  },
  conflictError: (draft) => new ApiError('EntityAlreadyExists', `Role with name ${draft.name} already exists.`, 409),
  refuseDelete: (item, call) => {
    if (flag(item.props, 'forceDetachPolicies')) return
    if (policiesOf(call, item.name).length > 0) {
      throw new ApiError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409)
    }
  },
  removed: (item, world) => {
    for (const policy of world.inRegion(ROLE_POLICY, item)) {
      if (textProperty(policy.props, 'role') === item.name) world.drop(policy.key)
    }
  }
}

export const rolePolicy: AwsResourceType = {
  token: ROLE_POLICY,
  label: 'IAM Role Policy',
  service: 'IAM',
  calls: { create: 'PutRolePolicy', read: 'GetRolePolicy', update: 'PutRolePolicy', delete: 'DeleteRolePolicy' },
  scope: 'account',
  fields: {
    name: textField({ forceNew: true, computed: true, rule: iamName(128) }),
    role: textField({ required: true, forceNew: true, rule: iamName(64) }),
    policy: jsonField({ required: true })
  },
  unsupported: ['namePrefix'],
  computed: ['namePrefix'],
  autoName: { field: 'name', max: 128 },
  seconds: { create: 1, update: 1, delete: 1 },
  check: (inputs) => isProps(parseJson(textProperty(inputs, 'policy')))
    ? []
    : [{ path: 'policy', reason: '"policy" contains an invalid JSON policy' }],
  validate: validateRolePolicy,
  draft: (inputs) => ({
    id: `${textProperty(inputs, 'role')}:${textProperty(inputs, 'name')}`,
    name: textProperty(inputs, 'name'),
    props: { namePrefix: '' }
  }),
  // PutRolePolicy overwrites a policy of the same name.
  createIsUpsert: true
}

function validateRolePolicy (inputs: Props, call: Call, item?: Item): void {
  const roleName = textProperty(inputs, 'role')
  const holder = rolesOf(call.world, call.account).find((each) => each.name === roleName && isVisible(each))
  if (!holder || holder.status === 'deleting') {
    throw new ApiError('NoSuchEntity', `The role with name ${roleName} cannot be found.`, MISSING)
  }
  checkPolicy(textProperty(inputs, 'policy'), 'identity')
  const others = policiesOf(call, roleName).filter((policy) => policy.key !== item?.key)
  const size = [...others.map((policy) => policy.props), inputs].reduce(
    (sum, props) => sum + textProperty(props, 'policy').replace(/\s/g, '').length,
    0
  )
  if (size > MAX_INLINE) {
    throw new ApiError('LimitExceeded', `Maximum policy size of ${MAX_INLINE} bytes exceeded for role ${roleName}`, 409)
  }
}

function policiesOf (call: Call, roleName: string): Item[] {
  return call.world.inRegion(ROLE_POLICY, { account: call.account, region: 'global' })
    .filter((policy) => textProperty(policy.props, 'role') === roleName)
}

/** AROA and 17 characters of AWS's base-32 alphabet. */
function uniqueId (source: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bytes = createHash('sha256').update(source).digest().subarray(0, 17)
  return `AROA${[...bytes].map((byte) => alphabet[byte % 32]).join('')}`
}
