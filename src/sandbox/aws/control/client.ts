import type { JobStatus } from '../world/job.ts'
import type {
  Fault,
  FaultSpec,
  JobsSpec,
  JobView,
  NetworkView,
  ResourceFilter,
  ResourceView,
  Stats,
  StoredObject
} from './shapes.ts'

/** The control API refused; `status` and `code` are its. */
export class ControlError extends Error {
  readonly status: number
  readonly code: string
  constructor (status: number, code: string, message: string) {
    super(message)
    this.name = 'ControlError'
    this.status = status
    this.code = code
  }
}

export interface AccountRegion { account: string, region: string }

/** Sends one request of the control API. Throws ControlError for a refusal, and what fetch throws when nobody answers. */
export type Send = (
  method: string,
  path: string,
  options?: { query?: Record<string, string>, body?: object }
) => Promise<unknown>

export function sender (url: string, token: string, timeout = 30_000): Send {
  return async (method, path, { query = {}, body } = {}) => {
    const search = new URLSearchParams(query).toString()
    const response = await fetch(`${url}${path}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeout)
    })
    const answer = await response.json() as { code?: string, message?: string }
    if (!response.ok) {
      throw new ControlError(response.status, answer.code ?? 'Unknown', answer.message ?? response.statusText)
    }
    return answer
  }
}

/** Shows the simulated cloud and changes it behind everybody's back. */
export interface SandboxControl {
  resources: (filter?: ResourceFilter) => Promise<ResourceView[]>
  resource: (key: string) => Promise<ResourceView>
  /** Merges into the properties; `null` removes one. */
  changeResource: (key: string, properties: Record<string, unknown>) => Promise<ResourceView>
  deleteResource: (key: string) => Promise<void>
  objects: (bucket: string) => Promise<StoredObject[]>
  putObject: (bucket: string, key: string, size: number) => Promise<StoredObject>
  putObjects: (bucket: string, objects: StoredObject[]) => Promise<void>
  deleteObject: (bucket: string, key: string) => Promise<void>
  /** Empties the bucket, versions and unfinished uploads too. */
  deleteObjects: (bucket: string) => Promise<void>
  /** Begins a multipart upload that nobody finishes. */
  beginUpload: (bucket: string, key: string) => Promise<void>
  /** Jobs, those that are over too; of a queue (its ARN), in a status. */
  jobs: (filter?: { queue?: string, status?: JobStatus }) => Promise<JobView[]>
  submitJobs: (jobs: JobsSpec) => Promise<JobView[]>
  /** Moves a job on, as the work it does would. */
  changeJob: (id: string, status: JobStatus) => Promise<JobView>
  faults: () => Promise<Fault[]>
  addFault: (fault: FaultSpec) => Promise<Fault>
  /** Removes one fault, or all; calls hanging in it go on. */
  clearFaults: (id?: string) => Promise<void>
  speed: () => Promise<number>
  setSpeed: (speed: number) => Promise<void>
  networks: (where: AccountRegion) => Promise<NetworkView[]>
  addNetwork: (where: AccountRegion, options?: { public?: boolean }) => Promise<NetworkView>
  removeDefaultVpc: (where: AccountRegion) => Promise<void>
  restoreDefaultVpc: (where: AccountRegion) => Promise<void>
  reset: () => Promise<void>
  stats: () => Promise<Stats>
}

export function controlOver (send: Send): SandboxControl {
  const query = (where: AccountRegion): { query: Record<string, string> } => ({
    query: { account: where.account, region: where.region }
  })
  const done = async (...request: Parameters<Send>): Promise<void> => { await send(...request) }
  const putObjects = async (bucket: string, objects: StoredObject[]): Promise<void> =>
    done('PUT', '/objects', { query: { bucket }, body: { objects } })
  return {
    resources: async (filter = {}) => (await send('GET', '/resources', { query: texts(filter) })) as ResourceView[],
    resource: async (key) => (await send('GET', '/resource', { query: { key } })) as ResourceView,
    changeResource: async (key, properties) =>
      (await send('PATCH', '/resource', { query: { key }, body: properties })) as ResourceView,
    deleteResource: async (key) => done('DELETE', '/resource', { query: { key } }),
    objects: async (bucket) => (await send('GET', '/objects', { query: { bucket } })) as StoredObject[],
    putObject: async (bucket, key, size) => {
      await putObjects(bucket, [{ key, size }])
      return { key, size }
    },
    putObjects,
    deleteObject: async (bucket, key) => done('DELETE', '/objects', { query: { bucket, key } }),
    deleteObjects: async (bucket) => done('DELETE', '/objects', { query: { bucket } }),
    beginUpload: async (bucket, key) => done('POST', '/uploads', { query: { bucket, key } }),
    jobs: async (filter = {}) => (await send('GET', '/jobs', { query: texts(filter) })) as JobView[],
    submitJobs: async (jobs) => (await send('POST', '/jobs', { body: jobs })) as JobView[],
    changeJob: async (id, status) => (await send('PATCH', '/job', { query: { id }, body: { status } })) as JobView,
    faults: async () => (await send('GET', '/faults')) as Fault[],
    addFault: async (fault) => (await send('POST', '/faults', { body: fault })) as Fault,
    clearFaults: async (id) => done('DELETE', '/faults', { query: id === undefined ? {} : { id } }),
    speed: async () => ((await send('GET', '/speed')) as { speed: number }).speed,
    setSpeed: async (speed) => done('PUT', '/speed', { body: { speed } }),
    networks: async (where) => (await send('GET', '/networks', query(where))) as NetworkView[],
    addNetwork: async (where, options = {}) =>
      (await send('POST', '/networks', { ...query(where), body: options })) as NetworkView,
    removeDefaultVpc: async (where) => done('DELETE', '/networks/default', query(where)),
    restoreDefaultVpc: async (where) => done('PUT', '/networks/default', query(where)),
    reset: async () => done('POST', '/reset'),
    stats: async () => (await send('GET', '/stats')) as Stats
  }
}

function texts (filter: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, String(value)])
  )
}
