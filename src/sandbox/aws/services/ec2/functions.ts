import { AwsProviderError } from '../../model/errors.ts'
import type { Call, ProviderFunction } from '../../model/types.ts'
import { flag, textProperty, textMap, type Props, type Value } from '../../values.ts'
import { groupCandidates, subnetCandidates, vpcCandidates } from './candidates.ts'
import { select, type Candidate } from './filters.ts'

export const ec2Functions: readonly ProviderFunction[] = [
  {
    token: 'aws:ec2/getVpc:getVpc',
    service: 'EC2',
    takes: ['id', 'default', 'cidrBlock', 'state', 'filters', 'tags'],
    run: getVpc
  },
  { token: 'aws:ec2/getSubnets:getSubnets', service: 'EC2', takes: ['filters', 'tags'], run: getSubnets },
  {
    token: 'aws:ec2/getSubnet:getSubnet',
    service: 'EC2',
    takes: [
      'id',
      'availabilityZone',
      'availabilityZoneId',
      'cidrBlock',
      'defaultForAz',
      'state',
      'vpcId',
      'filters',
      'tags'
    ],
    run: getSubnet
  },
  {
    token: 'aws:ec2/getSecurityGroup:getSecurityGroup',
    service: 'EC2',
    takes: ['id', 'name', 'vpcId', 'filters', 'tags'],
    run: getSecurityGroup
  }
]

function getVpc (args: Props, call: Call): Props {
  const plain = flag(args, 'default') ? ['id', 'cidrBlock', 'state', 'default'] : ['id', 'cidrBlock', 'state']
  return single(select(vpcCandidates(call), args, plain), 'EC2 VPC', args)
}

function getSubnets (args: Props, call: Call): Props {
  const found = select(subnetCandidates(call), args, [])
  return {
    id: call.region,
    ids: found.map((candidate) => textProperty(candidate.result, 'id')),
    region: call.region,
    tags: textMap(args, 'tags'),
    ...filtersOf(args)
  }
}

function getSubnet (args: Props, call: Call): Props {
  const plain = ['id', 'availabilityZone', 'availabilityZoneId', 'cidrBlock', 'defaultForAz', 'state', 'vpcId']
  return single(select(subnetCandidates(call), args, plain), 'EC2 Subnet', args)
}

function getSecurityGroup (args: Props, call: Call): Props {
  return single(select(groupCandidates(call), args, ['id', 'name', 'vpcId']), 'EC2 Security Group', args)
}

function single (found: Candidate[], what: string, args: Props): Props {
  const [first, ...others] = found
  if (!first) throw new AwsProviderError(`no matching ${what} found`)
  if (others.length > 0) {
    throw new AwsProviderError(
      `multiple ${what}s matched; use additional constraints to reduce matches to a single ${what}`
    )
  }
  return { ...first.result, ...filtersOf(args) }
}

function filtersOf (args: Props): Props {
  const filters: Value | undefined = args['filters']
  return filters === undefined ? {} : { filters }
}
