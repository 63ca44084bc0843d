import { Refusal } from '../errors.ts'
import type { SandboxControl } from '../routes/sandbox.ts'
import { ControlError, type Props, type SandboxCloud } from '../sandbox/aws/client.ts'

/** The sandbox cloud's controls as the routes need them, its refusals as ours. */
export function sandboxControl ({ control }: SandboxCloud): SandboxControl {
  return {
    resources: (filter) => refused(control.resources(filter)),
    resource: (key) => refused(control.resource(key)),
    changeResource: (key, properties) => refused(control.changeResource(key, properties as Props)),
    deleteResource: (key) => refused(control.deleteResource(key)),
    objects: (bucket) => refused(control.objects(bucket)),
    async putObject (bucket, key, size) {
      await refused(control.putObjects(bucket, [{ key, size }]))
      return { key, size }
    },
    emptyBucket: (bucket) => refused(control.deleteObjects(bucket)),
    jobs: (filter) => refused(control.jobs(filter)),
    submitJobs: (jobs) => refused(control.submitJobs(jobs)),
    changeJob: (id, { status }) => refused(control.changeJob(id, status)),
    faults: () => refused(control.faults()),
    addFault: (fault) => refused(control.addFault(fault)),
    clearFaults: () => refused(control.clearFaults()),
    removeDefaultVpc: (account, region) => refused(control.removeDefaultVpc({ account, region })),
    restoreDefaultVpc: (account, region) => refused(control.restoreDefaultVpc({ account, region }))
  }
}

async function refused<T> (answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof ControlError)) {
      throw new Refusal('unavailable', 'the simulated cloud does not answer', { retryAfter: 2, cause: error })
    }
    throw new Refusal(error.status === 404 ? 'not-found' : 'sandbox-rejected', error.message, { cause: error })
  }
}
