import type { ResolvedSpec, Spec } from '../schemas/spec.ts'
import type { Placement } from '../schemas/team.ts'
import { CPU_UNITS_PER_VCPU, pairSize, type FargateSize } from '../schemas/spec-fields/fargate-sizes.ts'

type Jobs = Spec['jobs']
type ResolvedJob = ResolvedSpec['jobs'][string]
type ResolvedService = ResolvedSpec['service']
type ResolvedNetwork = ResolvedSpec['network']

const COMPUTE = { type: 'FARGATE_SPOT', maxVcpus: 100 } as const
const QUEUE = { priority: 1 } as const
const JOB = { timeoutSeconds: 86_400, attempts: 5 } as const
const DESIRED_COUNT = 0
const RETENTION_DAYS = 30
const DELETION = { protected: false, bucket: 'refuse', jobs: 'refuse', logs: 'delete' } as const

/** The name an entry has that nobody named. */
export const DEFAULT_ENTRY = 'default'

/** The entry called `default`, or else the first (today the only) one: what "the" queue or job of an environment means. */
export function mainEntry<T> (entries: Readonly<Record<string, T>>): [name: string, entry: T] {
  const all = Object.entries(entries)
  const found = all.find(([name]) => name === DEFAULT_ENTRY) ?? all[0]
  if (found === undefined) throw new Error('A map of a spec has at least one entry')
  return found
}

function mapEntries<T, R> (entries: Readonly<Record<string, T>>, change: (entry: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, change(entry)]))
}

function sizeOf (vcpus: number | undefined, memoryMiB: number | undefined): FargateSize {
  const size = pairSize(vcpus, memoryMiB)
  if (size === undefined) {
    throw new Error(`No Fargate size of ${vcpus} vCPU and ${memoryMiB} MiB: the spec was not checked`)
  }
  return size
}

function resolveJob (job: Jobs[string]): ResolvedJob {
  const size = sizeOf(job.vcpus, job.memoryMiB)
  return {
    image: job.image,
    command: job.command ?? [],
    environment: job.environment ?? {},
    // The table of sizes and the schema's enumeration hold the same numbers (a test compares them).
    vcpus: size.vcpus as ResolvedJob['vcpus'],
    memoryMiB: size.memoryMiB,
    timeoutSeconds: job.timeoutSeconds ?? JOB.timeoutSeconds,
    attempts: job.attempts ?? JOB.attempts
  }
}

function resolveService (service: NonNullable<Spec['service']>, jobs: Jobs): ResolvedService {
  const vcpus = service.cpu === undefined ? undefined : service.cpu / CPU_UNITS_PER_VCPU
  const size = sizeOf(vcpus, service.memoryMiB)
  return {
    image: service.image ?? mainEntry(jobs)[1].image,
    cpu: size.vcpus * CPU_UNITS_PER_VCPU as ResolvedService['cpu'],
    memoryMiB: size.memoryMiB,
    desiredCount: service.desiredCount ?? DESIRED_COUNT
  }
}

/** The placement's network, where it can be used: subnets belong to one region, the placement's. */
export function placementNetwork (region: string | undefined, placement: Placement): NonNullable<Placement['network']> {
  return (region ?? placement.region) === placement.region ? placement.network ?? {} : {}
}

function resolveNetwork (spec: Spec, placement: Placement): ResolvedNetwork {
  const own = spec.network ?? {}
  const placed = placementNetwork(spec.region, placement)
  const subnets = own.subnets ?? placed.subnets ?? null
  return {
    subnets,
    securityGroups: own.securityGroups ?? placed.securityGroups ?? null,
    // A task in a default subnet (public, no NAT) cannot pull its image without an address; given subnets are taken to be private.
    assignPublicIp: own.assignPublicIp ?? placed.assignPublicIp ?? subnets === null
  }
}

/**
 * Fills every default in and applies the team's placement. The spec must have passed the schema, `checkSpec` and
 * `checkGuardrails`. Deterministic; the sizes are those of `pairSize`.
 */
export function resolveSpec (spec: Spec, placement: Placement): ResolvedSpec {
  return {
    team: spec.team,
    name: spec.name,
    region: spec.region ?? placement.region,
    labels: spec.labels ?? {},
    compute: mapEntries(spec.compute ?? { [DEFAULT_ENTRY]: {} }, (entry) => ({ ...COMPUTE, ...entry })),
    queues: mapEntries(spec.queues ?? { [DEFAULT_ENTRY]: {} }, (entry) => ({ ...QUEUE, ...entry })),
    jobs: mapEntries(spec.jobs, resolveJob),
    service: resolveService(spec.service ?? {}, spec.jobs),
    network: resolveNetwork(spec, placement),
    logs: { retentionDays: spec.logs?.retentionDays ?? RETENTION_DAYS },
    deletion: { ...DELETION, ...spec.deletion },
    driftIgnore: { tagKeys: [], tagKeyPrefixes: [], ...spec.driftIgnore }
  }
}
