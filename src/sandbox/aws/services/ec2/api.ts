import type { Call } from '../../model/types.ts'
import { groupCandidates } from './candidates.ts'
import { passes, type Candidate } from './filters.ts'
import { SECURITY_GROUP, SECURITY_GROUP_EGRESS_RULE } from './lookups.ts'
import { blocks, count, isEmpty, textProperty, textMap, texts, type Props } from '../../values.ts'
import { isVisible, type Item } from '../../world/item.ts'
import type { AwsApi } from '../../api/operation.ts'

export const ec2Api: AwsApi = {
  id: 'EC2',
  protocol: 'ec2',
  operations: {
    DescribeSecurityGroups: { on: 'read', type: SECURITY_GROUP, takes: ['Filter'], run: describeGroups },
    DescribeSecurityGroupRules: { on: 'read', type: SECURITY_GROUP_EGRESS_RULE, takes: ['Filter'], run: describeRules }
  }
}

const filtered = (input: Props, candidates: Candidate[]): Props[] =>
  candidates
    .filter((candidate) =>
      blocks(input, 'Filter').every((filter) => passes(candidate, textProperty(filter, 'Name'), texts(filter, 'Value')))
    )
    .map(({ result }) => result)

function describeGroups (input: Props, call: Call): Props {
  const groups = filtered(input, groupCandidates(call))
  return {
    securityGroupInfo: {
      item: groups.map((group) => ({
        ownerId: call.account,
        groupId: textProperty(group, 'id'),
        groupName: textProperty(group, 'name'),
        groupDescription: textProperty(group, 'description'),
        vpcId: textProperty(group, 'vpcId'),
        tagSet: tagSet(group, 'tags')
      }))
    }
  }
}

function describeRules (input: Props, call: Call): Props {
  const rules = call.world
    .inRegion(SECURITY_GROUP_EGRESS_RULE, call)
    .filter((item) => isVisible(item) && item.status !== 'deleting')
  const candidates = rules.map((item): Candidate => ({
    result: ruleOf(item),
    tags: textMap(item.props, 'tagsAll'),
    filters: { 'group-id': textProperty(item.props, 'securityGroupId'), 'security-group-rule-id': item.id }
  }))
  return { securityGroupRuleSet: { item: filtered(input, candidates) } }
}

function ruleOf ({ id, props, account }: Item): Props {
  const referenced = textProperty(props, 'referencedSecurityGroupId')
  const given = ['cidrIpv4', 'cidrIpv6', 'prefixListId', 'description'].filter((key) => !isEmpty(props[key]))
  return {
    securityGroupRuleId: id,
    groupId: textProperty(props, 'securityGroupId'),
    groupOwnerId: account,
    isEgress: true,
    ipProtocol: textProperty(props, 'ipProtocol'),
    // A rule for every port has -1.
    fromPort: count(props, 'fromPort') ?? -1,
    toPort: count(props, 'toPort') ?? -1,
    ...Object.fromEntries(given.map((key) => [key, textProperty(props, key)])),
    ...(referenced !== '' && { referencedGroupInfo: { groupId: referenced, userId: account } }),
    tagSet: tagSet(props, 'tagsAll')
  }
}

const tagSet = (props: Props, key: string): Props => ({
  item: Object.entries(textMap(props, key)).map(([name, value]) => ({ key: name, value }))
})
