import { Type, type Static, type TSchemaOptions } from 'typebox'
import { AccountId, Timestamp, oneOf, refTo } from './names.ts'

const closed = { additionalProperties: false }
const Properties = Type.Record(Type.String(), Type.Unknown())
const Region = Type.String({ pattern: '^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$' })

export const SandboxResource = Type.Object({
  key: Type.String({ description: 'Names it in the paths below /sandbox/resources' }),
  type: Type.String({ examples: ['aws:batch/jobQueue:JobQueue'] }),
  id: Type.String(),
  arn: Type.Optional(Type.String()),
  name: Type.String(),
  account: AccountId,
  region: Type.String(),
  tags: Type.Record(Type.String(), Type.String()),
  properties: Properties,
  createdAt: Timestamp,
  status: Type.String()
}, { $id: 'SandboxResource' })
export type SandboxResource = Static<typeof SandboxResource>

export const SandboxResourceList = Type.Object(
  { items: Type.Array(refTo(SandboxResource)) },
  { $id: 'SandboxResourceList' }
)

export const SandboxResourceFilter = Type.Object({
  type: Type.Optional(Type.String({ maxLength: 200 })),
  account: Type.Optional(AccountId),
  region: Type.Optional(Region),
  tag: Type.Optional(Type.String({ maxLength: 400, description: '`key` or `key=value`' })),
  name: Type.Optional(Type.String({ maxLength: 300 }))
}, closed)
export type SandboxResourceFilter = Static<typeof SandboxResourceFilter>

const faultFields = {
  kind: oneOf(['fail', 'throttle', 'hang', 'slow', 'hide'], { description: 'What it does to the calls it strikes' }),
  on: oneOf(['create', 'read', 'update', 'delete', 'invoke']),
  type: Type.Optional(
    Type.String({ maxLength: 200, description: 'A resource type or function token; `*`, the default, matches all' })
  ),
  account: Type.Optional(AccountId),
  namePrefix: Type.Optional(Type.String({ maxLength: 200 })),
  nth: Type.Optional(Type.Integer({ minimum: 1, description: 'The first matching call it strikes, counted from now' })),
  count: Type.Optional(Type.Integer({ minimum: 0, description: 'How many calls it strikes; 0: all from there on' })),
  at: Type.Optional(
    oneOf(['request', 'response'], { description: '`response`: it happened in the cloud, only the answer fails' })
  ),
  code: Type.Optional(Type.String({ maxLength: 100, description: "AWS's error code, for `fail`" })),
  message: Type.Optional(Type.String({ maxLength: 1000 })),
  httpStatus: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
  seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 3600 })),
  reads: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }))
}
export const SandboxFaultInput = Type.Object(faultFields, { $id: 'SandboxFaultInput', ...closed })
export type SandboxFaultInput = Static<typeof SandboxFaultInput>

export const SandboxFault = Type.Object({
  ...faultFields, id: Type.String(), matched: Type.Integer(), struck: Type.Integer()
}, { $id: 'SandboxFault' })
export type SandboxFault = Static<typeof SandboxFault>
export const SandboxFaultList = Type.Object({ items: Type.Array(refTo(SandboxFault)) }, { $id: 'SandboxFaultList' })

export const SandboxObject = Type.Object({ key: Type.String(), size: Type.Integer() }, { $id: 'SandboxObject' })
export type SandboxObject = Static<typeof SandboxObject>
export const SandboxObjectList = Type.Object({ items: Type.Array(refTo(SandboxObject)) }, { $id: 'SandboxObjectList' })

const jobStatus = (options: TSchemaOptions = {}) =>
  oneOf(['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'], options)
const QueueName = Type.String({
  minLength: 1,
  maxLength: 300,
  description: "The queue's ARN, or its name where no other account or region has one of that name"
})

export const SandboxJobsInput = Type.Object({
  queue: QueueName,
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1 })),
  status: Type.Optional(jobStatus({ default: 'RUNNING' }))
}, { $id: 'SandboxJobsInput', ...closed })
export type SandboxJobsInput = Static<typeof SandboxJobsInput>

export const SandboxJobFilter = Type.Object(
  {
    queue: Type.Optional(Type.String({ maxLength: 300, description: "The queue's ARN" })),
    status: Type.Optional(jobStatus())
  },
  closed
)
export type SandboxJobFilter = Static<typeof SandboxJobFilter>

export const SandboxJobChange = Type.Object({ status: jobStatus() }, closed)
export type SandboxJobChange = Static<typeof SandboxJobChange>

export const SandboxJob = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  queue: Type.String({ description: 'The queue\'s ARN' }),
  status: jobStatus(),
  account: AccountId,
  region: Type.String(),
  createdAt: Timestamp,
  reason: Type.Optional(Type.String({ description: 'Why it was ended' }))
}, { $id: 'SandboxJob' })
export type SandboxJob = Static<typeof SandboxJob>
export const SandboxJobList = Type.Object({ items: Type.Array(refTo(SandboxJob)) }, { $id: 'SandboxJobList' })

export const SandboxPlace = Type.Object({ account: AccountId, region: Region }, closed)

export const SANDBOX_SCHEMAS = [
  SandboxResource,
  SandboxResourceList,
  SandboxFaultInput,
  SandboxFault,
  SandboxFaultList,
  SandboxObject,
  SandboxObjectList,
  SandboxJobsInput,
  SandboxJob,
  SandboxJobList
]
