import { Type, type Static } from 'typebox'
import { SecurityGroupId, Slug, SubnetId } from './names.ts'

const closed = { additionalProperties: false }

/** Every map holds one entry in this version; two are refused by name of the field. */
const oneByName = <T extends Parameters<typeof Type.Object>[0][string]>(entry: T, description: string) =>
  Type.Record(Slug, entry, { minProperties: 1, maxProperties: 1, additionalProperties: false, description })

const VCPUS = [0.25, 0.5, 1, 2, 4, 8, 16] as const
const CPU_UNITS = [256, 512, 1024, 2048, 4096, 8192, 16384] as const
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
] as const
const oneOfNumbers = <T extends number>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'number', enum: values, description })

const Image = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Container image reference, with a tag or digest',
  examples: ['public.ecr.aws/docker/library/python:3.13']
})
const ComputeType = Type.Unsafe<'FARGATE' | 'FARGATE_SPOT'>({ type: 'string', enum: ['FARGATE', 'FARGATE_SPOT'] })
const MaxVcpus = Type.Integer({
  minimum: 1,
  maximum: 100_000,
  description: 'Upper limit of running vCPUs; the account quota applies besides'
})
const Priority = Type.Integer({
  minimum: 0,
  maximum: 1000,
  description: 'Higher is served first where queues share compute'
})
const Vcpus = oneOfNumbers(VCPUS, 'vCPU of each job, a Fargate size')
const MemoryMiB = Type.Integer({
  minimum: 512,
  maximum: 122_880,
  description: 'MiB; must match the vCPU as Fargate pairs them'
})
const TimeoutSeconds = Type.Integer({
  minimum: 60,
  maximum: 1_209_600,
  description: 'Seconds one attempt may run; Batch takes 60 or more, Fargate ends a task after 14 days'
})
const Attempts = Type.Integer({
  minimum: 1,
  maximum: 10,
  description: 'Attempts in all when Spot interrupts or an image pull fails; a job that fails by itself is not retried'
})
const Command = Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 256 })
const Environment = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,254}$' }),
  Type.String({ minLength: 1, maxLength: 4096 }),
  {
    additionalProperties: false,
    maxProperties: 100,
    description: 'Plain environment variables; never put a secret here'
  }
)
const Labels = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9 _.:/=+@-]{1,128}$' }),
  Type.String({ pattern: '^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$' }),
  { additionalProperties: false, maxProperties: 40, description: 'Become tags of every resource' }
)
const Subnets = Type.Array(SubnetId, { minItems: 1, maxItems: 16, uniqueItems: true })
const SecurityGroups = Type.Array(SecurityGroupId, { minItems: 1, maxItems: 5, uniqueItems: true })
const CpuUnits = oneOfNumbers(CPU_UNITS, 'ECS CPU units of the task; 1024 are one vCPU')
const DesiredCount = Type.Integer({ minimum: 0, maximum: 5000 })
const RetentionDays = oneOfNumbers(RETENTION_DAYS, 'Days CloudWatch keeps the log events')
const Region = Type.String({ pattern: '^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$', examples: ['eu-central-1'] })

const AtDeletion = <T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: values, description })
/** What a deletion may take with it; each can be said otherwise in a query parameter of the DELETE, `jobs` of a PATCH and PUT too. */
export const DELETION = {
  protected: Type.Boolean({ description: 'Refuse to delete the environment' }),
  bucket: AtDeletion(
    ['refuse', 'empty', 'retain'] as const,
    '`refuse`: a bucket with objects stops the deletion before anything is torn down; `empty`: delete the objects; `retain`: the bucket stays in the account'
  ),
  jobs: AtDeletion(
    ['refuse', 'terminate'] as const,
    '`refuse`: jobs that are not over stop a deletion, or a change that takes their queue or compute away, before anything is touched; `terminate`: end them'
  ),
  logs: AtDeletion(['delete', 'retain'] as const, '`retain`: the log group stays in the account')
}
const TagKeys = Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 50, uniqueItems: true })

/** What a team asks for. Whatever is left out has a default, shown in the resolved spec. */
export const Spec = Type.Object({
  team: Slug,
  name: Slug,
  region: Type.Optional(Region),
  labels: Type.Optional(Labels),
  compute: Type.Optional(oneByName(Type.Object({
    type: Type.Optional(ComputeType),
    maxVcpus: Type.Optional(MaxVcpus)
  }, closed), 'Compute environments by name')),
  queues: Type.Optional(oneByName(Type.Object({
    priority: Type.Optional(Priority)
  }, closed), 'Job queues by name')),
  jobs: oneByName(Type.Object({
    image: Image,
    command: Type.Optional(Command),
    environment: Type.Optional(Environment),
    vcpus: Type.Optional(Vcpus),
    memoryMiB: Type.Optional(MemoryMiB),
    timeoutSeconds: Type.Optional(TimeoutSeconds),
    attempts: Type.Optional(Attempts)
  }, closed), 'Job definitions by name'),
  service: Type.Optional(Type.Object({
    image: Type.Optional(Image),
    cpu: Type.Optional(CpuUnits),
    memoryMiB: Type.Optional(MemoryMiB),
    desiredCount: Type.Optional(DesiredCount)
  }, closed)),
  network: Type.Optional(Type.Object({
    subnets: Type.Optional(Subnets),
    securityGroups: Type.Optional(SecurityGroups),
    assignPublicIp: Type.Optional(Type.Boolean())
  }, closed)),
  logs: Type.Optional(Type.Object({ retentionDays: Type.Optional(RetentionDays) }, closed)),
  deletion: Type.Optional(Type.Partial(Type.Object(DELETION), closed)),
  driftIgnore: Type.Optional(Type.Object({
    tagKeys: Type.Optional(TagKeys), tagKeyPrefixes: Type.Optional(TagKeys)
  }, { ...closed, description: 'Tags that others write on the environment\'s resources, and that are left alone' }))
}, { $id: 'Spec', ...closed })
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
export const NamedSpec = Type.Object({
  ...Spec.properties, team: Type.Optional(Slug), name: Type.Optional(Slug)
}, { $id: 'NamedSpec', ...closed })
export type NamedSpec = Static<typeof NamedSpec>

/**
 * A spec with every default filled in and the team's placement applied: the program's only input about what to build.
 * `network.subnets` and `securityGroups` are null where the account's default VPC and a group of our own are meant.
 */
export const ResolvedSpec = Type.Object({
  team: Slug,
  name: Slug,
  region: Region,
  labels: Labels,
  compute: Type.Record(Slug, Type.Object({ type: ComputeType, maxVcpus: MaxVcpus })),
  queues: Type.Record(Slug, Type.Object({ priority: Priority })),
  jobs: Type.Record(Slug, Type.Object({
    image: Image,
    command: Command,
    environment: Environment,
    vcpus: Vcpus,
    memoryMiB: MemoryMiB,
    timeoutSeconds: TimeoutSeconds,
    attempts: Attempts
  })),
  service: Type.Object({ image: Image, cpu: CpuUnits, memoryMiB: MemoryMiB, desiredCount: DesiredCount }),
  network: Type.Object({
    subnets: Type.Union([Subnets, Type.Null()]),
    securityGroups: Type.Union([SecurityGroups, Type.Null()]),
    assignPublicIp: Type.Boolean()
  }),
  logs: Type.Object({ retentionDays: RetentionDays }),
  deletion: Type.Object(DELETION),
  driftIgnore: Type.Object({ tagKeys: TagKeys, tagKeyPrefixes: TagKeys })
}, { $id: 'ResolvedSpec' })
export type ResolvedSpec = Static<typeof ResolvedSpec>
export type Deletion = ResolvedSpec['deletion']
