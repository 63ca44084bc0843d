import { Type } from 'typebox'
import { SecurityGroupId, SubnetId } from '../names.ts'
import type { Placement } from '../team.ts'
import { field, fieldOrNull, group, type DefaultContext } from './declare.ts'

/** The placement's network, where it can be used: subnets belong to one region, the placement's. */
export function placementNetwork (region: string | undefined, placement: Placement): NonNullable<Placement['network']> {
  return (region ?? placement.region) === placement.region ? placement.network ?? {} : {}
}

const placed = ({ spec, placement }: DefaultContext) => placementNetwork(spec.region, placement)

interface GivenSubnets { readonly subnets?: string[] }

export const network = group({
  subnets: fieldOrNull(Type.Array(SubnetId, { minItems: 1, maxItems: 16, uniqueItems: true }), {
    defaultFrom: (_, context) => placed(context).subnets ?? null,
    defaultText: 'the placement\'s, else those of the account\'s default VPC'
  }),
  securityGroups: fieldOrNull(Type.Array(SecurityGroupId, { minItems: 1, maxItems: 5, uniqueItems: true }), {
    defaultFrom: (_, context) => placed(context).securityGroups ?? null,
    defaultText: 'the placement\'s, else a group of the environment\'s own'
  }),
  assignPublicIp: field(Type.Boolean(), {
    // A task in a default subnet (public, no NAT) cannot pull its image without a public address. Subnets that are
    // named are taken to be private.
    defaultFrom: ({ subnets }: GivenSubnets, context) => {
      const { assignPublicIp, subnets: placedSubnets } = placed(context)
      return assignPublicIp ?? (subnets ?? placedSubnets) === undefined
    },
    defaultText: 'the placement\'s, else `true` in the default VPC only'
  })
})
