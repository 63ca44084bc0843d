import { Type, type Static, type TObject, type TSchema } from 'typebox'
import {
  SandboxFault,
  SandboxFaultInput,
  SandboxJob,
  SandboxJobChange,
  SandboxJobFilter,
  SandboxJobsInput,
  SandboxObject,
  SandboxPlace,
  SandboxResource,
  SandboxResourceFilter
} from './sandbox.ts'

const closed = { additionalProperties: false }
const NoInput = Type.Object({}, closed)
const NoOutput = Type.Void()
const Bucket = Type.String({ minLength: 3, maxLength: 63 })
const Key = Type.String({ minLength: 1, maxLength: 1000 })
const Speed = Type.Object(
  { speed: Type.Number({ minimum: 0, description: 'Real seconds per second of AWS: 0 is at once, 1 as long as AWS' }) },
  closed
)

/** A process that uses the simulated AWS. The start time tells a reused pid from the same process. */
const SandboxUser = Type.Object({ id: Type.String(), pid: Type.Integer(), startTime: Type.String() }, closed)
export type SandboxUser = Static<typeof SandboxUser>

const SandboxNetwork = Type.Object({
  vpcId: Type.String(),
  cidrBlock: Type.String(),
  isDefault: Type.Boolean(),
  securityGroupId: Type.String(),
  subnets: Type.Array(Type.Object({
    id: Type.String(),
    cidrBlock: Type.String(),
    availabilityZone: Type.String(),
    isPublic: Type.Boolean()
  }))
})
export type SandboxNetwork = Static<typeof SandboxNetwork>

const SandboxStats = Type.Object({
  pid: Type.Integer(),
  startedAt: Type.String(),
  speed: Type.Number(),
  resources: Type.Integer(),
  byType: Type.Record(Type.String(), Type.Integer()),
  calls: Type.Record(Type.String(), Type.Integer()),
  connections: Type.Integer(),
  users: Type.Integer()
})
export type SandboxStats = Static<typeof SandboxStats>

interface CallShape {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  input: TObject
  output: TSchema
}

/**
 * Every call of the simulated AWS's control API. GET takes its input from the query, every other method from a JSON
 * body. The client, the server and the routes below /sandbox follow from this table.
 */
export const SANDBOX_CALLS = {
  resources: {
    method: 'GET',
    path: '/resources',
    input: Type.Object({
      ...SandboxResourceFilter.properties,
      builtIn: Type.Optional(
        Type.Boolean({ description: 'Also the networks that every account has, or that were added by hand' })
      )
    }, closed),
    output: Type.Array(SandboxResource)
  },
  resource: { method: 'GET', path: '/resource', input: Type.Object({ key: Key }, closed), output: SandboxResource },
  changeResource: {
    method: 'PATCH',
    path: '/resource',
    input: Type.Object({
      key: Key,
      properties: Type.Record(Type.String(), Type.Unknown(), { description: 'Merged into those it has; null removes' })
    }, closed),
    output: SandboxResource
  },
  deleteResource: { method: 'DELETE', path: '/resource', input: Type.Object({ key: Key }, closed), output: NoOutput },
  objects: {
    method: 'GET', path: '/objects', input: Type.Object({ bucket: Bucket }, closed), output: Type.Array(SandboxObject)
  },
  putObjects: {
    method: 'PUT',
    path: '/objects',
    input: Type.Object({ bucket: Bucket, objects: Type.Array(SandboxObject) }, closed),
    output: NoOutput
  },
  deleteObject: {
    method: 'DELETE', path: '/object', input: Type.Object({ bucket: Bucket, key: Key }, closed), output: NoOutput
  },
  emptyBucket: {
    method: 'DELETE',
    path: '/objects',
    input: Type.Object({ bucket: Bucket }, { ...closed, description: 'Versions and unfinished uploads go too' }),
    output: NoOutput
  },
  beginUpload: {
    method: 'POST', path: '/uploads', input: Type.Object({ bucket: Bucket, key: Key }, closed), output: NoOutput
  },
  jobs: { method: 'GET', path: '/jobs', input: SandboxJobFilter, output: Type.Array(SandboxJob) },
  submitJobs: { method: 'POST', path: '/jobs', input: SandboxJobsInput, output: Type.Array(SandboxJob) },
  changeJob: {
    method: 'PATCH',
    path: '/job',
    input: Type.Object({ id: Type.String(), ...SandboxJobChange.properties }, closed),
    output: SandboxJob
  },
  faults: { method: 'GET', path: '/faults', input: NoInput, output: Type.Array(SandboxFault) },
  addFault: { method: 'POST', path: '/faults', input: SandboxFaultInput, output: SandboxFault },
  clearFaults: {
    method: 'DELETE',
    path: '/faults',
    input: Type.Object({ id: Type.Optional(Type.String()) }, { ...closed, description: 'All faults, without an id' }),
    output: NoOutput
  },
  speed: { method: 'GET', path: '/speed', input: NoInput, output: Speed },
  setSpeed: { method: 'PUT', path: '/speed', input: Speed, output: NoOutput },
  networks: { method: 'GET', path: '/networks', input: SandboxPlace, output: Type.Array(SandboxNetwork) },
  addNetwork: {
    method: 'POST',
    path: '/networks',
    input: Type.Object({ ...SandboxPlace.properties, public: Type.Optional(Type.Boolean({ default: true })) }, closed),
    output: SandboxNetwork
  },
  removeDefaultVpc: { method: 'DELETE', path: '/networks/default', input: SandboxPlace, output: NoOutput },
  restoreDefaultVpc: { method: 'PUT', path: '/networks/default', input: SandboxPlace, output: NoOutput },
  reset: { method: 'POST', path: '/reset', input: NoInput, output: NoOutput },
  stats: { method: 'GET', path: '/stats', input: NoInput, output: SandboxStats },
  attach: { method: 'POST', path: '/users', input: SandboxUser, output: NoOutput },
  release: { method: 'DELETE', path: '/users', input: SandboxUser, output: NoOutput }
} as const satisfies Record<string, CallShape>

export type SandboxCall = keyof typeof SANDBOX_CALLS
export type SandboxInput<N extends SandboxCall> = Static<typeof SANDBOX_CALLS[N]['input']>
export type SandboxOutput<N extends SandboxCall> = Static<typeof SANDBOX_CALLS[N]['output']>

type Arguments<Input> = object extends Input ? [input?: Input] : [input: Input]

/** Every call as a function: shows the simulated AWS and changes it without its users' knowledge. */
export type SandboxCalls = {
  [N in SandboxCall]: (...input: Arguments<SandboxInput<N>>) => Promise<SandboxOutput<N>>
}

/** The calls of those who look at the simulated AWS; the others register its users. */
export type SandboxControl = Omit<SandboxCalls, 'attach' | 'release'>
