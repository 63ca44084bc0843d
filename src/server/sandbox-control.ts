import { Refusal } from '../errors.ts'
import type { SandboxControl } from '../routes/sandbox.ts'
import { ControlError, type Props, type SandboxCloud } from '../sandbox/aws/client.ts'

/** The sandbox cloud's controls as the routes need them; its errors become refusals. */
export function sandboxControl ({ control }: SandboxCloud): SandboxControl {
  return {
    resources: (filter) => asRefusal(control.resources(filter)),
    resource: (key) => asRefusal(control.resource(key)),
    changeResource: (key, properties) => asRefusal(control.changeResource(key, properties as Props)),
    deleteResource: (key) => asRefusal(control.deleteResource(key)),
    objects: (bucket) => asRefusal(control.objects(bucket)),
    async putObject (bucket, key, size) {
      await asRefusal(control.putObjects(bucket, [{ key, size }]))
      return { key, size }
    },
    emptyBucket: (bucket) => asRefusal(control.deleteObjects(bucket)),
    jobs: (filter) => asRefusal(control.jobs(filter)),
    submitJobs: (jobs) => asRefusal(control.submitJobs(jobs)),
    changeJob: (id, { status }) => asRefusal(control.changeJob(id, status)),
    faults: () => asRefusal(control.faults()),
    addFault: (fault) => asRefusal(control.addFault(fault)),
    clearFaults: () => asRefusal(control.clearFaults()),
    removeDefaultVpc: (account, region) => asRefusal(control.removeDefaultVpc({ account, region })),
    restoreDefaultVpc: (account, region) => asRefusal(control.restoreDefaultVpc({ account, region }))
  }
}

async function asRefusal<T> (answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof ControlError)) {
      throw new Refusal('unavailable', 'the simulated cloud does not answer', { retryAfter: 2, cause: error })
    }
    throw new Refusal(error.status === 404 ? 'not-found' : 'sandbox-rejected', error.message, { cause: error })
  }
}
