import { newFault } from '../faults.ts'
import { ApiError } from '../model/errors.ts'
import { finishDelete } from '../provider/lifecycle.ts'
import { resourceTypes, seedAccount } from '../services/index.ts'
import { findDefaultVpc, VPC } from '../services/ec2/lookups.ts'
import { addNetwork, removeNetwork, restoreDefaultVpc } from '../services/ec2/networks.ts'
import { findQueue, submitJobs } from '../services/batch/jobs.ts'
import { BUCKET } from '../services/s3/bucket.ts'
import { beginUpload, deleteObjects, emptyBucket, objectsOf, putObjects } from '../services/s3/objects.ts'
import { block, isProps, text, type Props } from '../values.ts'
import type { Item, AccountRegion } from '../world/item.ts'
import { JOB_STATUSES, type BatchJob, type JobStatus } from '../world/job.ts'
import type { World } from '../world/world.ts'
import type { FaultKind, FaultSpec, FaultVerb, JobView, ResourceFilter, Stats, User } from './shapes.ts'
import { faultView, jobView, listResources, mergeProps, networkView, notFound, viewOf } from './views.ts'

/** What the process itself answers for. */
export interface Host {
  stats: () => Stats
  attach: (user: User) => void
  release: (user: User) => Promise<void>
}

interface ControlCall { world: World, host: Host, query: URLSearchParams, body: Props }
type Route = (call: ControlCall) => unknown

const KINDS: readonly FaultKind[] = ['fail', 'throttle', 'hang', 'slow', 'hide']
const VERBS: readonly FaultVerb[] = ['create', 'read', 'update', 'delete', 'invoke']

/** The control API, by method and path. Keys hold slashes, so they travel as query parameters. */
export const routes: Readonly<Record<string, Route>> = {
  'GET /stats': ({ host }) => host.stats(),
  'POST /users': ({ host, body }) => {
    host.attach(userOf(body))
  },
  'DELETE /users': async ({ host, body }) => {
    await host.release(userOf(body))
  },
  'GET /resources': ({ world, query }) => {
    if (query.has('account') && query.has('region')) seedAccount(world, accountRegionOf(query))
    return listResources(world, filterOf(query))
  },
  'GET /resource': ({ world, query }) => viewOf(itemAt(world, query)),
  'PATCH /resource': ({ world, query, body }) => {
    const item = itemAt(world, query)
    world.put({ ...item, props: mergeProps(item.props, retag(item, body)) })
    return viewOf(itemAt(world, query))
  },
  'DELETE /resource': ({ world, query }) => {
    const item = itemAt(world, query)
    const type = resourceTypes.get(item.type)
    if (type) finishDelete(type, item, world)
  },
  'GET /objects': ({ world, query }) =>
    Object.entries(objectsOf(bucketAt(world, query))).map(([key, size]) => ({ key, size })),
  'PUT /objects': ({ world, query, body }) => {
    const bucket = bucketAt(world, query)
    putObjects(world, bucket, sizesOf(body))
  },
  'DELETE /objects': ({ world, query }) => {
    const bucket = bucketAt(world, query)
    const key = query.get('key')
    if (key === null) emptyBucket(world, bucket)
    else deleteObjects(world, bucket, [key])
  },
  'POST /uploads': ({ world, query }) => ({
    uploadId: beginUpload(world, bucketAt(world, query), query.get('key') ?? '')
  }),
  'GET /jobs': ({ world, query }) => [...world.jobs.values()].map(jobView).filter((job) => passesAs(job, query)),
  'POST /jobs': ({ world, body }) =>
    submitJobs(world, findQueue(world, text(body, 'queue')), jobsOf(body)).map(jobView),
  'PATCH /job': ({ world, query, body }) => {
    const job = jobAt(world, query)
    world.putJob({ ...job, status: jobStatusOf(body['status']) })
    return jobView(jobAt(world, query))
  },
  'GET /faults': ({ world }) => [...world.faults.values()].map(faultView),
  'POST /faults': ({ world, body }) => {
    const fault = newFault(faultOf(body))
    world.putFault(fault)
    return faultView(fault)
  },
  'DELETE /faults': ({ world, query }) => {
    const id = query.get('id')
    for (const fault of world.faults.keys()) if (id === null || fault === id) world.dropFault(fault)
  },
  'GET /speed': ({ world }) => ({ speed: world.speed }),
  'PUT /speed': ({ world, body }) => {
    world.speed = speedOf(body['speed'])
  },
  'GET /networks': ({ world, query }) =>
    world.inRegion(VPC, seededRegion(world, query)).map((vpc) => networkView(vpc, world)),
  'POST /networks': ({ world, query, body }) => {
    const vpc = addNetwork(world, seededRegion(world, query), { isPublic: body['public'] !== false })
    return networkView(vpc, world)
  },
  'DELETE /networks/default': ({ world, query }) => {
    const vpc = findDefaultVpc(world, seededRegion(world, query))
    if (!vpc) return
    world.drop(vpc.key)
    removeNetwork(world, vpc)
  },
  'PUT /networks/default': ({ world, query }) => {
    restoreDefaultVpc(world, accountRegionOf(query))
  },
  'POST /reset': ({ world }) => {
    world.reset()
  }
}

/** A resource has one set of tags, of which the provider shows those that are no default ones once more. */
function retag (item: Item, changes: Props): Props {
  const tags = { ...block(changes, 'tagsAll'), ...block(changes, 'tags') }
  return 'tagsAll' in item.props && Object.keys(tags).length > 0 ? { ...changes, tags, tagsAll: tags } : changes
}

const invalid = (message: string): ApiError => new ApiError('InvalidRequest', message, 400)

function userOf (body: Props): User {
  if (typeof body['pid'] !== 'number') throw invalid('a user has a pid')
  return { id: text(body, 'id'), pid: body['pid'], startTime: text(body, 'startTime') }
}

function filterOf (query: URLSearchParams): ResourceFilter {
  const names = ['account', 'region', 'type', 'tag', 'name'] as const
  const given = names.filter((name) => query.has(name)).map((name) => [name, query.get(name)])
  return { ...Object.fromEntries(given) as ResourceFilter, builtIn: query.get('builtIn') === 'true' }
}

function itemAt (world: World, query: URLSearchParams): Item {
  const key = query.get('key') ?? ''
  const item = world.items.get(key)
  if (!item) throw notFound(`resource ${key}`)
  return item
}

function bucketAt (world: World, query: URLSearchParams): Item {
  const name = query.get('bucket') ?? ''
  const item = world.ofType(BUCKET).find((bucket) => bucket.name === name)
  if (!item) throw notFound(`bucket ${name}`)
  return item
}

function sizesOf (body: Props): Props {
  const objects = body['objects']
  if (!Array.isArray(objects)) throw invalid('objects is a list of { key, size }')
  return Object.fromEntries(objects.filter(isProps).map((object) => [text(object, 'key'), Number(object['size'] ?? 0)]))
}

/** A thousand jobs are as many as anybody looks at; each is a record of the journal. */
const MOST_JOBS = 1000

function jobsOf (body: Props): { count: number, status: JobStatus } {
  const count = Number(body['count'] ?? 1)
  if (!Number.isInteger(count) || count < 1 || count > MOST_JOBS) {
    throw invalid(`count is a number from 1 to ${MOST_JOBS}`)
  }
  return { count, status: jobStatusOf(body['status'] ?? 'RUNNING') }
}

function jobStatusOf (value: unknown): JobStatus {
  const status = JOB_STATUSES.find((each) => each === value)
  if (!status) throw invalid(`the status of a job is one of ${JOB_STATUSES.join(', ')}`)
  return status
}

function jobAt (world: World, query: URLSearchParams): BatchJob {
  const id = query.get('id') ?? ''
  const job = world.jobs.get(id)
  if (!job) throw notFound(`job ${id}`)
  return job
}

const passesAs = (job: JobView, query: URLSearchParams): boolean =>
  (['queue', 'status'] as const).every((key) => !query.has(key) || query.get(key) === job[key])

function faultOf (body: Props): FaultSpec {
  const kind = KINDS.find((each) => each === body['kind'])
  const on = VERBS.find((each) => each === body['on'])
  if (!kind || !on) throw invalid(`a fault has a kind (${KINDS.join(', ')}) and an "on" (${VERBS.join(', ')})`)
  if (kind === 'hide' && on !== 'create') throw invalid('a fault of kind hide is for on: create')
  return { ...body, kind, on }
}

/** Wall-clock seconds per AWS second. */
export function speedOf (value: unknown): number {
  const speed = Number(value)
  if (!Number.isFinite(speed) || speed < 0) throw invalid(`a speed is a number of 0 or more, not ${String(value)}`)
  return speed
}

function accountRegionOf (query: URLSearchParams): AccountRegion {
  const [account, region] = [query.get('account'), query.get('region')]
  if (account === null || region === null) throw invalid('account and region are needed')
  return { account, region }
}

/** An account and region in which there is what AWS gives every account. */
function seededRegion (world: World, query: URLSearchParams): AccountRegion {
  const where = accountRegionOf(query)
  seedAccount(world, where)
  return where
}
