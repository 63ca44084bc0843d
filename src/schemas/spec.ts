import { Type, type Static } from 'typebox'
import { Slug } from './names.ts'
import { compute, queues } from './spec-fields/compute.ts'
import { field, group, requiredField } from './spec-fields/declare.ts'
import { deletion } from './spec-fields/deletion.ts'
import { jobs } from './spec-fields/jobs.ts'
import { logs } from './spec-fields/logs.ts'
import { network } from './spec-fields/network.ts'
import { service } from './spec-fields/service.ts'
import { driftIgnore, labels } from './spec-fields/tags.ts'

const region = field(
  Type.String({ pattern: '^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$', examples: ['eu-central-1'] }),
  { defaultFrom: (_, { placement }) => placement.region, defaultText: 'the placement\'s' }
)

/** Every field of a spec. The shapes below, the defaults (spec/resolve.ts) and docs/spec.md follow from it. */
export const SPEC_FIELDS = group({
  team: requiredField(Slug),
  name: requiredField(Slug),
  region,
  labels,
  compute,
  queues,
  jobs,
  service,
  network,
  logs,
  deletion,
  driftIgnore
})

const { properties } = SPEC_FIELDS.request
const closed = { additionalProperties: false }

/** What a team asks for. Whatever is left out has a default, shown in the resolved spec. */
export const Spec = Type.Object(properties, { $id: 'Spec', ...closed })
export type Spec = Static<typeof Spec>

/** A JSON merge patch of a spec: what it makes of the spec is checked, not the patch. */
export const SpecPatch = Type.Object(
  {},
  {
    $id: 'SpecPatch',
    additionalProperties: true,
    description: 'JSON merge patch (RFC 7396) of the spec: null removes a field',
    examples: [{ compute: { default: { maxVcpus: 200 } } }]
  }
)

/** A spec whose team and name are said elsewhere; where they are in it too, they must be the same. */
export const NamedSpec = Type.Object(
  { ...properties, team: Type.Optional(Slug), name: Type.Optional(Slug) },
  { $id: 'NamedSpec', ...closed }
)
export type NamedSpec = Static<typeof NamedSpec>

/**
 * A spec with every default filled in and the team's placement applied: the program's only input about what to build.
 * `network.subnets` and `securityGroups` are null where the account's default VPC and a group of our own are meant.
 */
export const ResolvedSpec = Type.Object(SPEC_FIELDS.resolved.properties, { $id: 'ResolvedSpec' })
export type ResolvedSpec = Static<typeof ResolvedSpec>
export type Deletion = ResolvedSpec['deletion']
