import fc from 'fast-check'
import type { Spec } from '../../../src/schemas/spec.ts'
import type { Placement } from '../../../src/schemas/team.ts'
import { CPU_UNITS_PER_VCPU, FARGATE_SIZES } from '../../../src/schemas/spec-fields/fargate-sizes.ts'

type Job = Spec['jobs'][string]
type Service = NonNullable<Spec['service']>

export const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/)
const subnet = fc.stringMatching(/^subnet-[0-9a-f]{8,17}$/)
const group = fc.stringMatching(/^sg-[0-9a-f]{8,17}$/)
const image = fc.constantFrom(
  'alpine',
  'public.ecr.aws/docker/library/python:3.13',
  'ghcr.io/team/tool@sha256:' + 'a'.repeat(64)
)

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

/** Without the keys whose value is undefined, as JSON has it. */
function clean<T extends object> (value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T
}

/** vCPU and memory as a request may give them: both of one size, one of them, or none. */
const size = fc.constantFrom(...FARGATE_SIZES).chain(({ vcpus, memoriesMiB }) => fc.record({
  vcpus: fc.constantFrom(vcpus, undefined), memoryMiB: fc.constantFrom(...memoriesMiB, undefined)
}))

const job = fc
  .tuple(
    size,
    fc.record({
      image,
      command: optional(fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 })),
      environment: optional(
        fc.dictionary(fc.stringMatching(/^[B-Z][A-Za-z0-9_]{0,9}$/), fc.string({ minLength: 1, maxLength: 20 }), {
          noNullPrototype: true,
          maxKeys: 4
        })
      ),
      timeoutSeconds: optional(fc.integer({ min: 60, max: 1_209_600 })),
      attempts: optional(fc.integer({ min: 1, max: 10 }))
    })
  )
  .map(([sized, rest]): Job => clean({ ...rest, ...sized } as Job))

const service = fc
  .tuple(size, fc.record({ image: optional(image), desiredCount: optional(fc.integer({ min: 0, max: 5000 })) }))
  .map(([{ vcpus, memoryMiB }, rest]): Service =>
    clean({ ...rest, cpu: vcpus === undefined ? undefined : vcpus * CPU_UNITS_PER_VCPU, memoryMiB } as Service)
  )

const network = fc.record({
  subnets: fc.uniqueArray(subnet, { minLength: 1, maxLength: 4 }),
  securityGroups: optional(fc.uniqueArray(group, { minLength: 1, maxLength: 3 })),
  assignPublicIp: optional(fc.boolean())
}).map(clean)

const oneByName = <T>(entry: fc.Arbitrary<T>) => fc.tuple(slug, entry).map(([name, value]) => ({ [name]: value }))

/** Specs that are right by the schema and by every rule. */
export const spec: fc.Arbitrary<Spec> = fc
  .record({
    team: slug,
    name: slug,
    region: optional(fc.constantFrom('eu-central-1', 'us-east-1')),
    labels: optional(
      fc.dictionary(fc.stringMatching(/^[b-z][a-z0-9]{0,9}$/), fc.stringMatching(/^[A-Za-z0-9 ]{0,10}$/), {
        noNullPrototype: true,
        maxKeys: 4
      })
    ),
    compute: optional(
      oneByName(
        fc
          .record({
            type: optional(fc.constantFrom('FARGATE' as const, 'FARGATE_SPOT' as const)),
            maxVcpus: optional(fc.integer({ min: 16, max: 500 }))
          })
          .map(clean)
      )
    ),
    queues: optional(oneByName(fc.record({ priority: optional(fc.integer({ min: 0, max: 1000 })) }).map(clean))),
    jobs: oneByName(job),
    service: optional(service),
    network: optional(network),
    logs: optional(
      fc.record({ retentionDays: optional(fc.constantFrom(1 as const, 30 as const, 3653 as const)) }).map(clean)
    ),
    deletion: optional(
      fc
        .record({
          protected: optional(fc.boolean()),
          bucket: optional(fc.constantFrom('refuse' as const, 'empty' as const, 'retain' as const)),
          jobs: optional(fc.constantFrom('refuse' as const, 'terminate' as const)),
          logs: optional(fc.constantFrom('delete' as const, 'retain' as const))
        })
        .map(clean)
    ),
    // Labels of this generator begin with a small letter.
    driftIgnore: optional(
      fc
        .record({
          tagKeys: optional(fc.uniqueArray(fc.stringMatching(/^[A-Z][a-z]{0,5}$/), { maxLength: 3 })),
          tagKeyPrefixes: optional(fc.uniqueArray(fc.stringMatching(/^[A-Z]:$/), { maxLength: 3 }))
        })
        .map(clean)
    )
  })
  .map((value) => clean(value) as Spec)

export const placement: fc.Arbitrary<Placement> = fc.record({
  region: fc.constantFrom('eu-central-1', 'us-east-1'),
  accountId: optional(fc.stringMatching(/^[0-9]{12}$/)),
  network: optional(network)
}).map((value) => clean(value) as Placement)
