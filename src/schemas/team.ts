import { Type, type Static } from 'typebox'
import { refTo, AccountId, RoleArn, SecurityGroupId, Slug, SubnetId, Timestamp } from './names.ts'

const closed = { additionalProperties: false }
const Wildcard = Type.Literal('*')
const RegionName = Type.String({ pattern: '^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$' })

/**
 * Where a team's environments live. Kept with each environment as it was at creation, so a later change moves nothing.
 */
export const Placement = Type.Object({
  region: RegionName,
  accountId: Type.Optional(AccountId),
  roleArn: Type.Optional(RoleArn),
  externalId: Type.Optional(Type.String({ pattern: '^[\\w+=,.@:/-]{2,1224}$' })),
  network: Type.Optional(Type.Object({
    subnets: Type.Optional(Type.Array(SubnetId, { minItems: 1, maxItems: 16, uniqueItems: true })),
    securityGroups: Type.Optional(Type.Array(SecurityGroupId, { minItems: 1, maxItems: 5, uniqueItems: true })),
    assignPublicIp: Type.Optional(Type.Boolean())
  }, closed))
}, { $id: 'Placement', ...closed })
export type Placement = Static<typeof Placement>

const listOf = (entry: Parameters<typeof Type.Array>[0], description: string) =>
  Type.Optional(
    Type.Unsafe<string[]>(
      Type.Array(Type.Union([Wildcard, entry]), {
        maxItems: 200,
        uniqueItems: true,
        description: `${description}; \`*\` allows any`
      })
    )
  )

/** What a spec may name beyond its own environment. Whatever is not listed is refused: the default is nothing. */
export const Guardrails = Type.Object({
  regions: listOf(RegionName, 'Regions besides the placement\'s'),
  subnets: listOf(SubnetId, 'Subnets besides the placement\'s'),
  securityGroups: listOf(SecurityGroupId, 'Security groups besides the placement\'s'),
  ecrRepositories: listOf(
    Type.String({ pattern: '^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/[a-z0-9._/-]+\\*?$' }),
    'Private ECR repositories jobs may pull from, as registry/repository, with an optional final `*`')
}, { $id: 'Guardrails', ...closed })
export type Guardrails = Static<typeof Guardrails>

export const TeamInput = Type.Object(
  { placement: refTo(Placement), guardrails: Type.Optional(refTo(Guardrails)) },
  { $id: 'TeamInput', ...closed }
)
export type TeamInput = Static<typeof TeamInput>

export const Team = Type.Object({
  team: Slug, placement: refTo(Placement), guardrails: refTo(Guardrails), createdAt: Timestamp, updatedAt: Timestamp
}, { $id: 'Team' })
export type Team = Static<typeof Team>
