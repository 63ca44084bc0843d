import { getSecurityGroup } from '@pulumi/aws/ec2/getSecurityGroup.js'
import { getSubnet } from '@pulumi/aws/ec2/getSubnet.js'
import { getSubnets } from '@pulumi/aws/ec2/getSubnets.js'
import { getVpc } from '@pulumi/aws/ec2/getVpc.js'
import { getCallerIdentity } from '@pulumi/aws/getCallerIdentity.js'
import type { Provider } from '@pulumi/aws/provider.js'
import type { ResolvedSpec } from '../schemas/spec.ts'
import { fargateZones } from './fargate-zones.ts'
import { ProgramError } from './program-error.ts'

/** The network that an environment is placed in, as found in the account. */
export interface ResolvedNetwork {
  readonly accountId: string
  readonly vpcId: string
  readonly subnetIds: string[]
  /** Null where the environment gets a security group of its own. */
  readonly securityGroupIds: string[] | null
}

/** Batch takes at most so many subnets in one compute environment. */
const MAX_SUBNETS = 16

const isMissing = (error: unknown): boolean => error instanceof Error && /no matching|\.NotFound\b/i.test(error.message)

/** Awaits a look-up. Where nothing matches, it fails with `notFound()`; every other error is passed on. */
async function find<T> (found: Promise<T>, notFound: () => ProgramError): Promise<T> {
  try {
    return await found
  } catch (error) {
    if (isMissing(error)) throw notFound()
    throw error
  }
}

async function defaultNetwork (region: string, provider: Provider): Promise<{ vpcId: string, subnetIds: string[] }> {
  const missing = (what: string) =>
    new ProgramError('default-vpc-missing', `The account has no default ${what} in ${region}`)
  const vpc = await find(getVpc({ default: true }, { provider }), () => missing('VPC'))
  const zones = fargateZones(region)
  const filters = [
    { name: 'vpc-id', values: [vpc.id] },
    { name: 'default-for-az', values: ['true'] },
    ...(zones === undefined ? [] : [{ name: 'availability-zone-id', values: [...zones] }])
  ]
  const { ids } = await getSubnets({ filters }, { provider })
  if (ids.length === 0) throw missing('subnets for Fargate')
  return { vpcId: vpc.id, subnetIds: ids.toSorted().slice(0, MAX_SUBNETS) }
}

async function givenNetwork (
  subnetIds: string[],
  region: string,
  provider: Provider
): Promise<{ vpcId: string, subnetIds: string[] }> {
  const subnets = await Promise.all(
    subnetIds.map((id) =>
      find(
        getSubnet({ id }, { provider }),
        () => new ProgramError('not-found-in-cloud', `There is no subnet ${id} in ${region}`)
      )
    )
  )
  const [first, ...others] = subnets
  if (first === undefined) throw new Error('A spec that names subnets names one at least')
  const other = others.find((subnet) => subnet.vpcId !== first.vpcId)
  if (other !== undefined) {
    throw new ProgramError(
      'network-mismatch',
      `All subnets must be of one VPC: ${first.id} is of ${first.vpcId}, ${other.id} of ${other.vpcId}`
    )
  }
  return { vpcId: first.vpcId, subnetIds }
}

async function checkGroups (groupIds: string[], vpcId: string, provider: Provider): Promise<void> {
  await Promise.all(groupIds.map(async (id) => {
    const group = await find(getSecurityGroup({ id }, { provider }),
      () => new ProgramError('not-found-in-cloud', `There is no security group ${id} beside ${vpcId}`))
    if (group.vpcId !== vpcId) {
      throw new ProgramError(
        'network-mismatch',
        `Security group ${id} is of ${group.vpcId}, the subnets are of ${vpcId}`
      )
    }
  }))
}

/**
 * Looks up the network of the environment before anything is created in the cloud. Subnets of the default VPC are
 * sorted: AWS lists them in any order, and another order would be a change.
 * @throws ProgramError where something is missing, or subnets and groups are not of one VPC
 */
export async function resolveNetwork (
  spec: Pick<ResolvedSpec, 'region' | 'network'>,
  provider: Provider
): Promise<ResolvedNetwork> {
  const { subnets, securityGroups } = spec.network
  const { accountId } = await getCallerIdentity({}, { provider })
  const network = subnets === null
    ? await defaultNetwork(spec.region, provider)
    : await givenNetwork(subnets, spec.region, provider)
  if (securityGroups !== null) await checkGroups(securityGroups, network.vpcId, provider)
  return { accountId, ...network, securityGroupIds: securityGroups }
}
