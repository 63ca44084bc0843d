import { ProviderError } from '../model/errors.ts'
import type { Caller } from '../model/types.ts'
import { blocks, flag, isEmpty, text, textMap, texts, type Props, type Value } from '../values.ts'
import { isVisible, type Item, type AccountRegion } from '../world/item.ts'
import { vpcsOf, type Subnet, type Vpc } from '../world/network.ts'
import type { World } from '../world/world.ts'
import { SECURITY_GROUP } from '../services/ec2/lookups.ts'

export interface Lookup { args: Props, where: AccountRegion, caller: Caller, world: World }
interface Function { args: readonly string[], run: (lookup: Lookup) => Props }

/** Candidates of a look-up: what the provider returns for one, and the values EC2's filters see. */
export interface Candidate { result: Props, filters: Record<string, string>, tags: Record<string, string> }

const functions: ReadonlyMap<string, Function> = new Map(
  Object.entries({
    'aws:ec2/getVpc:getVpc': { args: ['id', 'default', 'cidrBlock', 'state', 'filters', 'tags'], run: getVpc },
    'aws:ec2/getSubnets:getSubnets': { args: ['filters', 'tags'], run: getSubnets },
    'aws:ec2/getSubnet:getSubnet': {
      args: [
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
    'aws:ec2/getSecurityGroup:getSecurityGroup': {
      args: ['id', 'name', 'vpcId', 'filters', 'tags'],
      run: getSecurityGroup
    },
    'aws:index/getCallerIdentity:getCallerIdentity': { args: ['id'], run: getCallerIdentity },
    'aws:index/getRegion:getRegion': { args: ['id', 'name', 'endpoint'], run: getRegion },
    'aws:index/getPartition:getPartition': { args: ['id'], run: getPartition }
  })
)

/** Runs one of the provider's functions. Throws ProviderError in the provider's words. */
export function invokeFunction (token: string, args: Props, caller: Caller, world: World): Props {
  const found = functions.get(token)
  if (!found) throw new ProviderError(`the sandbox does not simulate the function ${token}`)
  for (const [key, value] of Object.entries(args)) {
    if (key === 'region' || found.args.includes(key) || value === null) continue
    throw new ProviderError(`the sandbox does not simulate the argument "${key}" of ${token}`)
  }
  return found.run({
    args,
    caller,
    world,
    where: { account: caller.account, region: text(args, 'region') || caller.region }
  })
}

function vpcCandidates ({ world, where, caller }: Lookup): Candidate[] {
  return vpcsOf(world, where).map((vpc) => ({
    tags: {},
    filters: {
      'vpc-id': vpc.id,
      isDefault: String(vpc.isDefault),
      'is-default': String(vpc.isDefault),
      cidr: vpc.cidr,
      'cidr-block': vpc.cidr,
      state: 'available',
      'owner-id': vpc.account
    },
    result: vpcResult(vpc, caller)
  }))
}

function vpcResult (vpc: Vpc, caller: Caller): Props {
  return {
    id: vpc.id,
    arn: `arn:${caller.partition}:ec2:${vpc.region}:${vpc.account}:vpc/${vpc.id}`,
    cidrBlock: vpc.cidr,
    cidrBlockAssociations: [
      { associationId: vpc.id.replace('vpc-', 'vpc-cidr-assoc-'), cidrBlock: vpc.cidr, state: 'associated' }
    ],
    default: vpc.isDefault,
    dhcpOptionsId: vpc.id.replace('vpc-', 'dopt-'),
    enableDnsHostnames: true,
    enableDnsSupport: true,
    enableNetworkAddressUsageMetrics: false,
    instanceTenancy: 'default',
    ipv6AssociationId: '',
    ipv6CidrBlock: '',
    ipv6CidrBlockAssociations: [],
    mainRouteTableId: vpc.id.replace('vpc-', 'rtb-'),
    ownerId: vpc.account,
    region: vpc.region,
    state: 'available',
    tags: {}
  }
}

function subnetCandidates ({ world, where, caller }: Lookup): Candidate[] {
  return vpcsOf(world, where).flatMap((vpc) => vpc.subnets.map((subnet) => ({
    tags: {},
    filters: {
      'subnet-id': subnet.id,
      'vpc-id': vpc.id,
      'default-for-az': String(vpc.isDefault),
      'map-public-ip-on-launch': String(subnet.isPublic),
      'availability-zone': subnet.zone,
      'availability-zone-id': subnet.zoneId,
      'cidr-block': subnet.cidr,
      cidr: subnet.cidr,
      state: 'available',
      'owner-id': vpc.account
    },
    result: subnetResult(vpc, subnet, caller)
  })))
}

function subnetResult (vpc: Vpc, subnet: Subnet, caller: Caller): Props {
  return {
    id: subnet.id,
    arn: `arn:${caller.partition}:ec2:${vpc.region}:${vpc.account}:subnet/${subnet.id}`,
    assignIpv6AddressOnCreation: false,
    availabilityZone: subnet.zone,
    availabilityZoneId: subnet.zoneId,
    availableIpAddressCount: 4091,
    cidrBlock: subnet.cidr,
    customerOwnedIpv4Pool: '',
    defaultForAz: vpc.isDefault,
    enableDns64: false,
    enableLniAtDeviceIndex: 0,
    enableResourceNameDnsARecordOnLaunch: false,
    enableResourceNameDnsAaaaRecordOnLaunch: false,
    ipv6CidrBlock: '',
    ipv6CidrBlockAssociationId: '',
    ipv6Native: false,
    mapCustomerOwnedIpOnLaunch: false,
    mapPublicIpOnLaunch: subnet.isPublic,
    outpostArn: '',
    ownerId: vpc.account,
    privateDnsHostnameTypeOnLaunch: 'ip-name',
    region: vpc.region,
    state: 'available',
    tags: {},
    vpcId: vpc.id
  }
}

/** All security groups of one account and region, the built-in ones too. */
export function groupCandidates (lookup: Lookup): Candidate[] {
  const { world, where, caller } = lookup
  const arn = (id: string): string =>
    `arn:${caller.partition}:ec2:${where.region}:${where.account}:security-group/${id}`
  const builtIn = vpcsOf(world, where).map((vpc) =>
    groupCandidate({
      id: vpc.securityGroup,
      arn: arn(vpc.securityGroup),
      name: 'default',
      description: 'default VPC security group',
      vpcId: vpc.id,
      tags: {},
      region: where.region
    })
  )
  const own = world
    .inRegion(SECURITY_GROUP, where)
    .filter((item) => isVisible(item))
    .map((item: Item) =>
      groupCandidate({
        id: item.id,
        arn: arn(item.id),
        name: item.name,
        description: text(item.props, 'description'),
        vpcId: text(item.props, 'vpcId'),
        tags: textMap(item.props, 'tagsAll'),
        region: where.region
      })
    )
  return [...builtIn, ...own]
}

function groupCandidate (result: Props): Candidate {
  return {
    result,
    tags: textMap(result, 'tags'),
    filters: {
      'group-id': text(result, 'id'),
      'group-name': text(result, 'name'),
      'vpc-id': text(result, 'vpcId'),
      description: text(result, 'description')
    }
  }
}

/** Applies the arguments as EC2 would: plain ones by equality, `filters` by name with `*`, `tags` by both. */
function select (candidates: Candidate[], args: Props, plain: readonly string[]): Candidate[] {
  return candidates.filter((candidate) =>
    plain.every((key) => isEmpty(args[key]) || candidate.result[key] === args[key]) &&
    Object.entries(textMap(args, 'tags')).every(([key, value]) => candidate.tags[key] === value) &&
    blocks(args, 'filters').every((filter) => passes(candidate, text(filter, 'name'), texts(filter, 'values'))))
}

/** Whether EC2's filter of that name lets the candidate through. Throws ProviderError for one that is not simulated. */
export function passes (candidate: Candidate, name: string, values: string[]): boolean {
  if (name === 'tag-key') return values.some((value) => value in candidate.tags)
  const actual = name.startsWith('tag:') ? candidate.tags[name.slice(4)] : candidate.filters[name]
  if (actual === undefined && !name.startsWith('tag:')) {
    throw new ProviderError(`the sandbox does not simulate the EC2 filter "${name}"`)
  }
  return values.some((value) => actual !== undefined && glob(value).test(actual))
}

/** EC2's wildcards: `*` is any text, `?` one character. */
function glob (pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`)
}

function single (found: Candidate[], what: string, args: Props): Props {
  const [first, ...others] = found
  if (!first) throw new ProviderError(`no matching ${what} found`)
  if (others.length > 0) {
    throw new ProviderError(
      `multiple ${what}s matched; use additional constraints to reduce matches to a single ${what}`
    )
  }
  return { ...first.result, ...filtersOf(args) }
}

function filtersOf (args: Props): Props {
  const filters: Value | undefined = args['filters']
  return filters === undefined ? {} : { filters }
}

function getVpc (lookup: Lookup): Props {
  const plain = flag(lookup.args, 'default') ? ['id', 'cidrBlock', 'state', 'default'] : ['id', 'cidrBlock', 'state']
  return single(select(vpcCandidates(lookup), lookup.args, plain), 'EC2 VPC', lookup.args)
}

function getSubnets (lookup: Lookup): Props {
  const found = select(subnetCandidates(lookup), lookup.args, [])
  return {
    id: lookup.where.region,
    ids: found.map((candidate) => text(candidate.result, 'id')),
    region: lookup.where.region,
    tags: textMap(lookup.args, 'tags'),
    ...filtersOf(lookup.args)
  }
}

function getSubnet (lookup: Lookup): Props {
  const plain = ['id', 'availabilityZone', 'availabilityZoneId', 'cidrBlock', 'defaultForAz', 'state', 'vpcId']
  return single(select(subnetCandidates(lookup), lookup.args, plain), 'EC2 Subnet', lookup.args)
}

function getSecurityGroup (lookup: Lookup): Props {
  return single(
    select(groupCandidates(lookup), lookup.args, ['id', 'name', 'vpcId']),
    'EC2 Security Group',
    lookup.args
  )
}

export function getCallerIdentity ({ caller }: Pick<Lookup, 'caller'>): Props {
  const { account, partition, role } = caller
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

function getRegion ({ args, where }: Lookup): Props {
  const region = text(args, 'name') || where.region
  return { id: region, region, name: region, description: region, endpoint: `ec2.${region}.${partitionSuffix(region)}` }
}

function getPartition ({ caller }: Lookup): Props {
  const isChina = caller.partition === 'aws-cn'
  return {
    id: caller.partition,
    partition: caller.partition,
    dnsSuffix: partitionSuffix(caller.region),
    reverseDnsPrefix: isChina ? 'cn.com.amazonaws' : 'com.amazonaws'
  }
}

function partitionSuffix (region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
}
