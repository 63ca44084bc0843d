import { ApiError } from '../../model/errors.ts'
import { newId, regionField } from '../../model/define.ts'
import {
  blockField,
  countField,
  flagField,
  lengthBetween,
  listField,
  matching,
  tagsFields,
  textField,
  type Field
} from '../../model/fields.ts'
import type { Call, Draft, CheckFailure, AwsResourceType } from '../../model/types.ts'
import { canonical, isEmpty, textProperty, type Props } from '../../values.ts'
import type { Item } from '../../world/item.ts'
import {
  findDefaultVpc,
  inVpc,
  requireSecurityGroups,
  requireVpc,
  SECURITY_GROUP,
  SECURITY_GROUP_EGRESS_RULE
} from './lookups.ts'
import { groupIsUsed } from './usage.ts'

const inlineRules = (): Field => listField(blockField({
  protocol: textField({ required: true }),
  fromPort: countField({ required: true }),
  toPort: countField({ required: true }),
  cidrBlocks: listField(textField()),
  ipv6CidrBlocks: listField(textField()),
  securityGroups: listField(textField(), { unordered: true }),
  description: textField(),
  self: flagField()
}, { unsupported: ['prefixListIds'] }), { computed: true, unordered: true })

export const securityGroup: AwsResourceType = {
  token: SECURITY_GROUP,
  label: 'EC2 Security Group',
  service: 'EC2',
  calls: {
    create: 'CreateSecurityGroup',
    read: 'DescribeSecurityGroups',
    update: 'ModifySecurityGroupRules',
    delete: 'DeleteSecurityGroup'
  },
  fields: {
    ...regionField,
    ...tagsFields,
    name: textField({
      forceNew: true,
      computed: true,
      rule: matching(
        /^(?!sg-)[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/,
        'must be 1 to 255 characters and must not begin with sg-'
      )
    }),
    description: textField({ forceNew: true, default: 'Managed by Pulumi', rule: lengthBetween(0, 255) }),
    vpcId: textField({ forceNew: true, computed: true }),
    ingress: inlineRules(),
    egress: inlineRules(),
    revokeRulesOnDelete: flagField({ default: false })
  },
  unsupported: ['namePrefix'],
  computed: ['arn', 'ownerId', 'namePrefix'],
  autoName: { field: 'name', max: 255 },
  seconds: { create: 3, update: 2, delete: 2 },
  validate: (inputs, call, item) => {
    if (!item) validateGroup(inputs, call)
  },
  draft: (inputs, call) => {
    const id = newId(call, 'sg')
    const props = {
      arn: call.arn('ec2', `security-group/${id}`),
      ownerId: call.account,
      vpcId: vpcIdOf(inputs, call),
      ingress: inputs['ingress'] ?? [],
      egress: inputs['egress'] ?? [],
      namePrefix: ''
    }
    return { id, name: textProperty(inputs, 'name'), props }
  },
  refuseDelete: (item, call) => {
    if (item.name === 'default') {
      throw new ApiError(
        'CannotDelete',
        `the specified group: "${item.id}" name: "default" cannot be deleted by a user`
      )
    }
    if (groupIsUsed(item.id, call)) {
      throw new ApiError('DependencyViolation', `resource ${item.id} has a dependent object`)
    }
  },
  removed: (item, world) => {
    for (const rule of world.inRegion(SECURITY_GROUP_EGRESS_RULE, item)) {
      if (textProperty(rule.props, 'securityGroupId') === item.id) world.drop(rule.key)
    }
  }
}

function vpcIdOf (inputs: Props, call: Call): string {
  return textProperty(inputs, 'vpcId') || (findDefaultVpc(call.world, call)?.id ?? '')
}

function validateGroup (inputs: Props, call: Call): void {
  const vpcId = vpcIdOf(inputs, call)
  if (vpcId === '') throw new ApiError('VPCIdNotSpecified', 'No default VPC for this user')
  const vpc = requireVpc(call, vpcId)
  const name = textProperty(inputs, 'name')
  if (inVpc(call.world, SECURITY_GROUP, vpc).some((item) => item.name === name)) {
    throw new ApiError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`)
  }
}

const TARGETS = ['cidrIpv4', 'cidrIpv6', 'prefixListId', 'referencedSecurityGroupId']

export const securityGroupEgressRule: AwsResourceType = {
  token: SECURITY_GROUP_EGRESS_RULE,
  label: 'VPC Security Group Egress Rule',
  service: 'EC2',
  calls: {
    create: 'AuthorizeSecurityGroupEgress',
    read: 'DescribeSecurityGroupRules',
    update: 'ModifySecurityGroupRules',
    delete: 'RevokeSecurityGroupEgress'
  },
  framework: true,
  nameField: 'securityGroupId',
  fields: {
    ...regionField,
    ...tagsFields,
    securityGroupId: textField({ required: true, forceNew: true }),
    ipProtocol: textField({ required: true }),
    cidrIpv4: textField({ rule: matching(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'is not a valid IPv4 CIDR block') }),
    cidrIpv6: textField({ rule: matching(/^[0-9a-fA-F:]+\/\d{1,3}$/, 'is not a valid IPv6 CIDR block') }),
    prefixListId: textField(),
    referencedSecurityGroupId: textField(),
    fromPort: countField(),
    toPort: countField(),
    description: textField({ rule: lengthBetween(0, 255) })
  },
  unsupported: [],
  computed: ['arn', 'securityGroupRuleId'],
  seconds: { create: 1, update: 1, delete: 1 },
  check: checkEgressRule,
  validate: validateEgressRule,
  draft: (_inputs, call): Draft => {
    const id = newId(call, 'sgr')
    return { id, name: id, props: { arn: call.arn('ec2', `security-group-rule/${id}`), securityGroupRuleId: id } }
  }
}

function checkEgressRule (inputs: Props): CheckFailure[] {
  const given = TARGETS.filter((key) => !isEmpty(inputs[key]))
  if (given.length === 1) return []
  return [{ path: 'cidrIpv4', reason: `exactly one of ${TARGETS.join(', ')} must be specified` }]
}

function validateEgressRule (inputs: Props, call: Call, item?: Item): void {
  const group = textProperty(inputs, 'securityGroupId')
  requireSecurityGroups(call, [group])
  const referenced = textProperty(inputs, 'referencedSecurityGroupId')
  if (referenced !== '') requireSecurityGroups(call, [referenced])
  const shape = (props: Props): string =>
    canonical([...TARGETS, 'ipProtocol', 'fromPort', 'toPort'].map((key) => props[key] ?? null))
  const twin = call.world
    .inRegion(SECURITY_GROUP_EGRESS_RULE, call)
    .find(
      (rule) =>
        rule.key !== item?.key &&
        textProperty(rule.props, 'securityGroupId') === group &&
        shape(rule.props) === shape(inputs)
    )
  if (twin) {
    const peer = TARGETS.map((key) => textProperty(inputs, key)).join('')
    throw new ApiError(
      'InvalidPermission.Duplicate',
      `the specified rule "peer: ${peer}, ${textProperty(inputs, 'ipProtocol')}, ALLOW" already exists`
    )
  }
}
