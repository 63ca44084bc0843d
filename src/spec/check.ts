import type { FieldError } from '../schemas/problem.ts'
import { placementNetwork } from '../schemas/spec-fields/network.ts'
import type { Placement } from '../schemas/team.ts'
import { ownField, fieldError, fields, number, pointer, schemaFindings, text, type SchemaFindings } from './body.ts'
import { CPU_UNITS_PER_VCPU, pairSize, sizeProblem } from '../schemas/spec-fields/fargate-sizes.ts'
import { ecrRepository, imageProblem } from './image.ts'
import { partitionOf, regionProblem } from './regions.ts'
import { ENVIRONMENT_TAG, ID_TAG, TEAM_TAG, labelProblems } from './tags.ts'

interface Input extends SchemaFindings { readonly body: unknown, readonly placement: Placement | undefined }
type Rule = (input: Input) => FieldError[]

/** A job definition holds 24 KiB (AWS Batch service quotas); this much of it is left for ARNs, options and logs. */
const JOB_DEFINITION_BYTES = 24 * 1024
const JOB_DEFINITION_RESERVE = 4 * 1024

const jobsOf = (body: unknown): [string, unknown][] => Object.entries(fields(ownField(body, 'jobs')))

/** Applies `problemOf` to the field at `path`, where it is a text that passed the schema. */
function checkText (
  { body, passed }: Input,
  path: readonly string[],
  problemOf: (value: string) => string | undefined
): FieldError[] {
  const at = pointer(...path)
  const value = text(path.reduce(ownField, body))
  return value === undefined || !passed(at) ? [] : fieldError(at, problemOf(value))
}

/** The size that the object at `path` asks for; undefined where a part of it failed the schema. */
function requestedSize (
  { body, passed }: Input,
  path: readonly string[],
  cpuField: 'vcpus' | 'cpu'
): { cpu: number | undefined, memory: number | undefined } | undefined {
  const at = pointer(...path)
  const owner = path.reduce(ownField, body)
  const cpu = ownField(owner, cpuField)
  const memory = ownField(owner, 'memoryMiB')
  const readable = [cpu, memory].every((value) => value === undefined || typeof value === 'number')
  if (!readable || !passed(`${at}/${cpuField}`) || !passed(`${at}/memoryMiB`)) return undefined
  return { cpu: number(cpu), memory: number(memory) }
}

const region: Rule = (input) => checkText(input, ['region'], regionProblem)

const partition: Rule = (input) => checkText(input, ['region'], (region) => {
  const [asked, placed] = [partitionOf(region), partitionOf(input.placement?.region ?? region)]
  return asked === undefined || placed === undefined || asked === placed
    ? undefined
    : `${region} is in partition ${asked}, the team's placement in ${placed}`
})

/** Entries of a map that has too many are not checked: a body has room for tens of thousands of them. */
const labels: Rule = ({ body, passed, refused }) => {
  if (refused('/labels')) return []
  const keys = Object.keys(fields(ownField(body, 'labels')))
  const problems = labelProblems(keys)
  return keys.flatMap((key) => {
    const at = pointer('labels', key)
    return passed(at) ? fieldError(at, problems.get(key)) : []
  })
}

/** Roles of one partition have no rights in another. */
function foreignRegistry (image: string, placement: Placement | undefined): string | undefined {
  const region = ecrRepository(image)?.region
  if (region === undefined || placement === undefined) return undefined
  const [asked, placed] = [partitionOf(region), partitionOf(placement.region)]
  return asked === placed ? undefined : `the registry is in partition ${asked}, the team's placement in ${placed}`
}

const images: Rule = (input) => {
  const { placement } = input
  const problemOf = (image: string): string | undefined => imageProblem(image) ?? foreignRegistry(image, placement)
  return [
    ...jobsOf(input.body).flatMap(([name]) =>
      checkText(input, ['jobs', name, 'image'], problemOf)
    ),
    ...checkText(input, ['service', 'image'], problemOf)
  ]
}

const jobSizes: Rule = (input) => jobsOf(input.body).flatMap(([name]) => {
  const size = requestedSize(input, ['jobs', name], 'vcpus')
  return size === undefined
    ? []
    : fieldError(pointer('jobs', name, 'memoryMiB'), sizeProblem(size.cpu, size.memory))
})

const serviceSize: Rule = (input) => {
  const size = requestedSize(input, ['service'], 'cpu')
  if (size === undefined) return []
  const vcpus = size.cpu === undefined ? undefined : size.cpu / CPU_UNITS_PER_VCPU
  return fieldError('/service/memoryMiB', sizeProblem(vcpus, size.memory, `${size.cpu} CPU units (${vcpus} vCPU)`))
}

/** The job with the most vCPUs, of those with a valid size. */
function widestJob (input: Input): { name: string, vcpus: number } | undefined {
  let widest: { name: string, vcpus: number } | undefined
  for (const [name] of jobsOf(input.body)) {
    const size = requestedSize(input, ['jobs', name], 'vcpus')
    const vcpus = size && pairSize(size.cpu, size.memory)?.vcpus
    if (vcpus !== undefined && vcpus > (widest?.vcpus ?? 0)) widest = { name, vcpus }
  }
  return widest
}

/** A job wider than every compute environment would wait in RUNNABLE for ever. */
const jobFitsCompute: Rule = (input) => {
  const widest = widestJob(input)
  if (widest === undefined) return []
  return Object.entries(fields(ownField(input.body, 'compute'))).flatMap(([name, compute]) => {
    const at = pointer('compute', name, 'maxVcpus')
    const limit = input.passed(at) ? number(ownField(compute, 'maxVcpus')) : undefined
    return fieldError(at, limit !== undefined && limit < widest.vcpus
      ? `is less than the ${widest.vcpus} vCPU of a job of ${JSON.stringify(widest.name)}, which could never start`
      : undefined)
  })
}

/** Prefix of the variables Batchyard sets itself. */
export const RESERVED_VARIABLES = 'BATCHYARD_'
const RESERVED_BY = { AWS_BATCH: 'AWS Batch', [RESERVED_VARIABLES]: 'Batchyard' }

const environmentNames: Rule = ({ body, passed, refused }) => jobsOf(body).flatMap(([name, job]) => {
  const map = pointer('jobs', name, 'environment')
  return refused(map)
    ? []
    : Object.keys(fields(ownField(job, 'environment'))).flatMap((key) => {
      const at = map + pointer(key)
      const owner = Object.entries(RESERVED_BY).find(([prefix]) => key.startsWith(prefix))
      return passed(at) && owner ? fieldError(at, `${owner[1]} keeps names that begin with ${owner[0]} to itself`) : []
    })
})

const jobDefinitionSize: Rule = ({ body, passed }) => jobsOf(body).flatMap(([name, job]) => {
  const at = pointer('jobs', name)
  if (!passed(`${at}/command`) || !passed(`${at}/environment`)) return []
  const environment = Object.entries(fields(ownField(job, 'environment'))).map(([name, value]) => ({ name, value }))
  const bytes = new TextEncoder().encode(JSON.stringify([ownField(job, 'command') ?? [], environment])).length
  const room = JOB_DEFINITION_BYTES - JOB_DEFINITION_RESERVE
  return fieldError(at, bytes > room
    ? `command and environment take ${bytes} bytes; a job definition has room for ${room} of them`
    : undefined)
})

/** Groups belong to one VPC, so they need subnets beside them: the account's default VPC is not known to the caller. */
const groupsNeedSubnets: Rule = ({ body, passed, placement }) => {
  const network = ownField(body, 'network')
  const at = '/network/securityGroups'
  if (placement === undefined || ownField(network, 'securityGroups') === undefined || !passed(at)) return []
  const subnets = ownField(network, 'subnets') ?? placementNetwork(text(ownField(body, 'region')), placement).subnets
  return fieldError(at, subnets === undefined
    ? 'security groups belong to a VPC: name subnets of it too, or leave both out for the default VPC'
    : undefined)
}

/** A tag that is both written and ignored would never be what the spec says. */
const ignoredTags: Rule = ({ body, passed }) => {
  const own = [...Object.keys(fields(ownField(body, 'labels'))), TEAM_TAG, ENVIRONMENT_TAG, ID_TAG]
  const check = (list: 'tagKeys' | 'tagKeyPrefixes', covers: (key: string, entry: string) => boolean): FieldError[] => {
    const entries = ownField(ownField(body, 'driftIgnore'), list)
    if (!Array.isArray(entries) || !passed(`/driftIgnore/${list}`)) return []
    return entries.flatMap((entry: unknown, index) => {
      const owned = own.find((key) => covers(key, String(entry)))
      return fieldError(
        pointer('driftIgnore', list, index),
        owned === undefined ? undefined : `${owned} is a tag this environment sets itself`
      )
    })
  }
  return [
    ...check('tagKeys', (key, entry) => key === entry),
    ...check('tagKeyPrefixes', (key, entry) => key.startsWith(entry))
  ]
}

const RULES: readonly Rule[] = [
  region,
  partition,
  labels,
  images,
  jobSizes,
  serviceSize,
  jobFitsCompute,
  environmentNames,
  jobDefinitionSize,
  groupsNeedSubnets,
  ignoredTags
]

/**
 * What the schema cannot say of a spec: sizes, references, reserved names, limits over several fields.
 * `body` may be of any shape. A field in which the schema found something (`schemaErrors`) is not checked again; every
 * other one is, so that both lists together name all wrong fields. Rules about the placement need `placement`.
 * Answers the further errors only.
 */
export function checkSpec (
  body: unknown,
  schemaErrors: readonly FieldError[] = [],
  placement?: Placement
): FieldError[] {
  const input = { body, placement, ...schemaFindings(schemaErrors) }
  return RULES.flatMap((rule) => rule(input))
}
