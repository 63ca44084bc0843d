import type { JobStatus } from '../world/job.ts'

/** What a scripted fault does to the calls it matches. */
export type FaultKind = 'fail' | 'throttle' | 'hang' | 'slow' | 'hide'
export type FaultVerb = 'create' | 'read' | 'update' | 'delete' | 'invoke'

/** A fault to script. It acts on calls number `nth` to `nth + count - 1` of those that match. */
export interface FaultSpec {
  kind: FaultKind
  on: FaultVerb
  /** A resource type or function token; `*` (the default) matches all. */
  type?: string
  account?: string
  namePrefix?: string
  /** Default 1: the next matching call. */
  nth?: number
  /** Default 1; 0 means every call from the nth on. */
  count?: number
  /** `request` (the default): nothing happened in the cloud. `response`: it happened, and the answer is what fails. */
  at?: 'request' | 'response'
  /** AWS's error code and text, for `fail`. */
  code?: string
  message?: string
  httpStatus?: number
  /** Real seconds, for `slow`, and for `hide` (when `reads` is not given). */
  seconds?: number
  /** For `hide`, on create: reads that do not see the new resource yet. */
  reads?: number
}

export interface Fault extends FaultSpec { id: string, matched: number, struck: number }

/** A resource as the control API lists it. */
export interface ResourceView {
  key: string
  type: string
  id: string
  arn?: string
  name: string
  account: string
  region: string
  tags: Record<string, string>
  properties: Record<string, unknown>
  createdAt: string
  status: string
}

export interface ResourceFilter {
  account?: string
  region?: string
  type?: string
  /** `key` or `key=value`. */
  tag?: string
  name?: string
  /** Also list the VPCs, subnets and security groups every account has. */
  builtIn?: boolean
}

export interface StoredObject { key: string, size: number }

/** A Batch job, and the ARN of the queue it was submitted to. */
export interface JobView {
  id: string
  name: string
  queue: string
  status: JobStatus
  account: string
  region: string
  createdAt: string
  /** Why it was ended. */
  reason?: string
}

export interface JobsSpec {
  /** A queue's ARN, or its name where no other account or region has one of that name. */
  queue: string
  /** Default 1. */
  count?: number
  /** Default RUNNING. */
  status?: JobStatus
}

export interface NetworkView {
  vpcId: string
  cidrBlock: string
  isDefault: boolean
  securityGroupId: string
  subnets: { id: string, cidrBlock: string, availabilityZone: string, isPublic: boolean }[]
}

export interface Stats {
  pid: number
  startedAt: string
  speed: number
  resources: number
  byType: Record<string, number>
  calls: Record<string, number>
  connections: number
  users: number
}

/** What a starter reads to find the process: written last, after everything listens. */
export interface PortFile {
  pid: number
  startedAt: string
  grpcPort: number
  /** Where the AWS HTTP APIs are. */
  apiUrl: string
  controlUrl: string
  token: string
}

/** One attachment of a process. The start time tells a reused pid from the same process. */
export interface User { id: string, pid: number, startTime: string }
