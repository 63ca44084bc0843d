import type { Environment, Operation } from '../../client/index.ts'
import type { Portal } from './portal.ts'

const IMAGE = 'public.ecr.aws/docker/library/python:3.13'
const BUCKET = 'aws:s3/bucket:Bucket'
const COMPUTE = 'aws:batch/computeEnvironment:ComputeEnvironment'
const QUEUE = 'aws:batch/jobQueue:JobQueue'
const ROLE = 'aws:iam/role:Role'
const LIFECYCLE = 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration'
const DENIED = { kind: 'fail', code: 'AccessDeniedException', message: 'not authorized to perform it', httpStatus: 403 }

interface SandboxResource { readonly key: string, readonly type: string, readonly name: string }

const maxVcpus = (count: number) => ({ compute: { default: { maxVcpus: count } } })
const spec = (team: string, name: string, more = {}) => ({ team, name, jobs: { default: { image: IMAGE } }, ...more })

async function resource (portal: Portal, environment: Environment, type: string): Promise<SandboxResource> {
  const query = new URLSearchParams({ type, tag: `batchyard:id=${environment.id}` })
  const { items: [found] } = await portal.request<{ items: SandboxResource[] }>('GET', `/sandbox/resources?${query}`)
  if (!found) throw new Error(`${environment.name} has no ${type}`)
  return found
}

const pathOf = ({ key }: SandboxResource) => `/sandbox/resources/${encodeURIComponent(key)}`

async function checkDrift (portal: Portal, { id }: Environment): Promise<void> {
  await portal.end(await portal.request<Operation>('POST', `/environments/${id}/drift-checks`))
}

async function preview (portal: Portal, path: string, body: object): Promise<Operation> {
  return portal.end(await portal.request<Operation>('POST', path, { body }))
}

export interface IdempotentRequest {
  readonly headers: { readonly 'idempotency-key': string }
  readonly body: object
  readonly answer: unknown
}

/** A ready environment, with jobs and objects in it, that has been through every kind of operation. */
export async function recordReady (portal: Portal): Promise<{ id: string, idempotent: IdempotentRequest }> {
  const headers = { 'idempotency-key': 'recorded-0123456789' }
  const body = spec('vision', 'training', { labels: { stage: 'test' }, compute: { default: { type: 'FARGATE' } } })
  const answer = await portal.request<Environment>('POST', '/environments', { headers, body })
  await portal.end(answer.operation)
  const environment = await portal.request<Environment>('GET', `/environments/${answer.id}`)
  await changeReady(portal, environment)
  await repairReady(portal, environment)
  await refuseToDelete(portal, environment)
  return { id: environment.id, idempotent: { headers, body, answer } }
}

/** An update refused for running jobs, one that ends them, one that its preview allows, and one that is cancelled. */
async function changeReady (portal: Portal, { id, outputs }: Environment): Promise<void> {
  const path = `/environments/${id}`
  const spot = { compute: { default: { type: 'FARGATE_SPOT' } } }
  for (const status of ['RUNNING', 'SUCCEEDED']) {
    await portal.request('POST', '/sandbox/jobs', { body: { queue: outputs?.job_queue_name, status } })
  }
  await portal.change('PATCH', path, { body: spot, expected: 'failed' })
  await portal.change('PATCH', `${path}?jobs=terminate`, { body: spot })
  const allowed = await preview(portal, `${path}/previews`, maxVcpus(200))
  await portal.change('PATCH', path, { body: maxVcpus(200), headers: { 'if-preview': allowed.id } })

  await portal.withFault({ kind: 'slow', on: 'update', type: COMPUTE, seconds: 2 }, async () => {
    const { operation } = await portal.request<Environment>('PATCH', path, { body: maxVcpus(300) })
    await portal.faultHit()
    await portal.request('POST', `/operations/${operation?.id}/cancel`)
    await portal.end(operation, 'cancelled')
  })
  await portal.change('PATCH', path, { body: maxVcpus(200) })
}

/** Resources changed and deleted behind Batchyard's back, found by a drift check, and repaired by an update. */
async function repairReady (portal: Portal, environment: Environment): Promise<void> {
  const path = `/environments/${environment.id}`
  const properties = { computeResources: { maxVcpus: 7 } }
  await portal.request('PATCH', pathOf(await resource(portal, environment, COMPUTE)), { body: { properties } })
  const { items } = await portal.request<{ items: SandboxResource[] }>('GET', `/sandbox/resources?type=${LIFECYCLE}`)
  for (const lifecycle of items) await portal.request('DELETE', pathOf(lifecycle))
  await checkDrift(portal, environment)
  await preview(portal, `${path}/previews`, {})
  await portal.change('PATCH', path, { body: {} })
  await checkDrift(portal, environment)
  await preview(portal, `${path}/previews`, { queues: { default: null, fast: {} } })
  await preview(portal, '/previews', spec('vision', 'never-made'))
}

/** Deletes refused for the objects in the bucket, and for jobs; both stay. */
async function refuseToDelete (portal: Portal, environment: Environment): Promise<void> {
  const path = `/environments/${environment.id}`
  const { name } = await resource(portal, environment, BUCKET)
  await portal.request('PUT', `/sandbox/buckets/${name}/objects/model.bin`, { body: { size: 5_000_000 } })
  await portal.change('DELETE', path, { expected: 'failed' })
  const body = { queue: environment.outputs?.job_queue_name, status: 'RUNNING' }
  await portal.request('POST', '/sandbox/jobs', { body })
  await portal.change('DELETE', `${path}?bucket=empty`, { expected: 'failed' })
}

/**
 * An environment in the subnets of a VPC that was added: its creation failed first and was retried, it has drifted, and
 * its last update failed.
 */
export async function recordDegraded (portal: Portal, subnets: readonly string[]): Promise<string> {
  const body = spec('vision', 'staging', {
    network: { subnets, assignPublicIp: true },
    driftIgnore: { tagKeyPrefixes: ['auto:'] }
  })
  const denied = async (on: string, type: string, work: () => Promise<Environment>) =>
    portal.withFault({ ...DENIED, on, type }, work)
  const failed = await denied('create', QUEUE, async () =>
    portal.change('POST', '/environments', { body, expected: 'failed' }))
  const retried = await portal.request<Operation>('POST', `/operations/${failed.operation?.id}/retry`)
  await portal.end(retried)

  const properties = { tags: { owner: 'somebody' } }
  await portal.request('PATCH', pathOf(await resource(portal, failed, QUEUE)), { body: { properties } })
  await checkDrift(portal, failed)
  await denied('update', COMPUTE, async () =>
    portal.change('PATCH', `/environments/${failed.id}`, { body: maxVcpus(300), expected: 'failed' }))
  return failed.id
}

/** A deleted environment whose first delete failed half-way, and whose bucket and logs were left in the account. */
export async function recordDeleted (portal: Portal): Promise<string> {
  const body = spec('imaging', 'archive', { deletion: { bucket: 'retain', logs: 'retain' } })
  const environment = await portal.change('POST', '/environments', { body })
  const { name } = await resource(portal, environment, BUCKET)
  await portal.request('PUT', `/sandbox/buckets/${name}/objects/scan.tiff`, { body: { size: 12 } })
  const path = `/environments/${environment.id}`
  await portal.withFault({ ...DENIED, on: 'delete', type: ROLE }, async () =>
    portal.change('DELETE', path, { expected: 'failed' }))
  await portal.change('DELETE', path)
  return environment.id
}

/** What no worker has taken up: the creation of an environment, and a preview of another. */
export async function recordWaiting (portal: Portal, ready: string): Promise<{ environment: string, preview: string }> {
  const { id } = await portal.request<Environment>('POST', '/environments', { body: spec('imaging', 'waiting') })
  const preview = await portal.request<Operation>('POST', `/environments/${ready}/previews`, { body: maxVcpus(300) })
  return { environment: id, preview: preview.id }
}
