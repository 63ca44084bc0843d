import type {
  SandboxCall,
  SandboxInput,
  SandboxOutput,
  SandboxStats,
  SandboxUser
} from '../../../schemas/sandbox-control.ts'
import { newFault } from '../faults.ts'
import { ApiError } from '../model/errors.ts'
import { finishDelete } from '../provider/lifecycle.ts'
import { findQueue, submitJobs } from '../services/batch/jobs.ts'
import { findDefaultVpc, VPC } from '../services/ec2/lookups.ts'
import { addNetwork, removeNetwork, restoreDefaultVpc } from '../services/ec2/networks.ts'
import { resourceTypes, seedAccount } from '../services/index.ts'
import { BUCKET } from '../services/s3/bucket.ts'
import { beginUpload, deleteObjects, emptyBucket, objectsOf, putObjects } from '../services/s3/objects.ts'
import { block, type Props } from '../values.ts'
import type { AccountRegion, Item } from '../world/item.ts'
import type { BatchJob } from '../world/job.ts'
import type { World } from '../world/world.ts'
import { faultView, jobView, listResources, mergeProps, networkView, notFound, viewOf } from './views.ts'

/** What the process itself answers for. */
interface Host {
  stats: () => SandboxStats
  attach: (user: SandboxUser) => void
  release: (user: SandboxUser) => Promise<void>
}

export interface Served { world: World, host: Host }
type Handlers = {
  readonly [N in SandboxCall]:
  (input: SandboxInput<N>, served: Served) => SandboxOutput<N> | Promise<SandboxOutput<N>>
}

/** What each call of the control API does. Throws ApiError where it refuses. */
export const handlers: Handlers = {
  resources: (filter, { world }) => {
    if (filter.account !== undefined && filter.region !== undefined) {
      seedAccount(world, { account: filter.account, region: filter.region })
    }
    return listResources(world, filter)
  },
  resource: ({ key }, { world }) => viewOf(itemOf(world, key)),
  changeResource: ({ key, properties }, { world }) => {
    const item = itemOf(world, key)
    const changes = retag(item, properties as Props)
    world.put({ ...item, props: mergeProps(item.props, changes) })
    return viewOf(itemOf(world, key))
  },
  deleteResource: ({ key }, { world }) => {
    const item = itemOf(world, key)
    const type = resourceTypes.get(item.type)
    if (type) finishDelete(type, item, world)
  },
  objects: ({ bucket }, { world }) =>
    Object.entries(objectsOf(bucketOf(world, bucket))).map(([key, size]) => ({ key, size })),
  putObjects: ({ bucket, objects }, { world }) => {
    putObjects(world, bucketOf(world, bucket), Object.fromEntries(objects.map(({ key, size }) => [key, size])))
  },
  deleteObject: ({ bucket, key }, { world }) => { deleteObjects(world, bucketOf(world, bucket), [key]) },
  emptyBucket: ({ bucket }, { world }) => { emptyBucket(world, bucketOf(world, bucket)) },
  beginUpload: ({ bucket, key }, { world }) => { beginUpload(world, bucketOf(world, bucket), key) },
  jobs: ({ queue, status }, { world }) =>
    [...world.jobs.values()].map(jobView).filter((job) =>
      (queue === undefined || job.queue === queue) && (status === undefined || job.status === status)),
  submitJobs: ({ queue, count = 1, status = 'RUNNING' }, { world }) =>
    submitJobs(world, findQueue(world, queue), { count, status }).map(jobView),
  changeJob: ({ id, status }, { world }) => {
    const job = jobOf(world, id)
    world.putJob({ ...job, status })
    return jobView(jobOf(world, id))
  },
  faults: (_input, { world }) => [...world.faults.values()].map(faultView),
  addFault: (input, { world }) => {
    if (input.kind === 'hide' && input.on !== 'create') throw invalid('a fault of kind hide is for on: create')
    const fault = newFault(input)
    world.putFault(fault)
    return faultView(fault)
  },
  clearFaults: ({ id }, { world }) => {
    for (const fault of world.faults.keys()) if (id === undefined || fault === id) world.dropFault(fault)
  },
  speed: (_input, { world }) => ({ speed: world.speed }),
  setSpeed: ({ speed }, { world }) => { world.speed = speed },
  networks: (where, { world }) => {
    seedAccount(world, where)
    return world.inRegion(VPC, where).map((vpc) => networkView(vpc, world))
  },
  addNetwork: ({ public: isPublic = true, ...where }, { world }) =>
    networkView(addNetwork(world, where, { isPublic }), world),
  removeDefaultVpc: (where, { world }) => { removeDefaultVpc(world, where) },
  restoreDefaultVpc: (where, { world }) => { restoreDefaultVpc(world, where) },
  reset: (_input, { world }) => { world.reset() },
  stats: (_input, { host }) => host.stats(),
  attach: (user, { host }) => { host.attach(user) },
  release: async (user, { host }) => host.release(user)
}

/** A resource has one set of tags, of which the provider shows those that are no default ones once more. */
function retag (item: Item, changes: Props): Props {
  const tags = { ...block(changes, 'tagsAll'), ...block(changes, 'tags') }
  return 'tagsAll' in item.props && Object.keys(tags).length > 0 ? { ...changes, tags, tagsAll: tags } : changes
}

function removeDefaultVpc (world: World, where: AccountRegion): void {
  seedAccount(world, where)
  const vpc = findDefaultVpc(world, where)
  if (!vpc) return
  world.drop(vpc.key)
  removeNetwork(world, vpc)
}

const invalid = (message: string): ApiError => new ApiError('InvalidRequest', message, 400)

function itemOf (world: World, key: string): Item {
  const item = world.items.get(key)
  if (!item) throw notFound(`resource ${key}`)
  return item
}

function bucketOf (world: World, name: string): Item {
  const item = world.ofType(BUCKET).find((bucket) => bucket.name === name)
  if (!item) throw notFound(`bucket ${name}`)
  return item
}

function jobOf (world: World, id: string): BatchJob {
  const job = world.jobs.get(id)
  if (!job) throw notFound(`job ${id}`)
  return job
}
