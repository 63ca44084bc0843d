import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../operations/context.ts'
import { transact } from '../operations/commands/transaction.ts'
import {
  SandboxFault,
  SandboxFaultInput,
  SandboxFaultList,
  SandboxJob,
  SandboxJobChange,
  SandboxJobFilter,
  SandboxJobList,
  SandboxJobsInput,
  SandboxObject,
  SandboxObjectList,
  SandboxPlace,
  SandboxResource,
  SandboxResourceFilter,
  SandboxResourceList
} from '../schemas/sandbox.ts'
import type { SandboxControl } from '../schemas/sandbox-control.ts'
import { refTo } from '../schemas/names.ts'
import { IdempotencyHeaders, requesterOf } from './http/requester.ts'
import { problemsFor, typed } from './http/scope.ts'

const ByKey = Type.Object({ key: Type.String({ minLength: 1, maxLength: 500 }) }, { additionalProperties: false })
const ByBucket = Type.Object({ bucket: Type.String({ minLength: 3, maxLength: 63 }) }, { additionalProperties: false })
const ByObject = Type.Object(
  { ...ByBucket.properties, key: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false }
)
const ByJob = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false })
const Nothing = { 204: Type.Null() }

interface Words { readonly operationId: string, readonly summary: string }
const describe = ({ operationId, summary }: Words) => ({ operationId, summary, tags: ['sandbox'] })

/**
 * The simulated account: look at it, change it behind Batchyard's back, make it fail. Only where the cloud is the
 * sandbox.
 */
export const sandboxRoutes =
  (context: Context, control: SandboxControl) =>
    async (app: FastifyInstance): Promise<void> => {
      await app.register(resourceRoutes(control))
      await app.register(networkRoutes(control))
      await app.register(bucketRoutes(control))
      await app.register(jobRoutes(context, control))
      await app.register(faultRoutes(context, control))
    }

const resourceRoutes = (control: SandboxControl) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.get('/sandbox/resources', {
    config: { operation: 'sandbox.resources.list' },
    schema: {
      ...describe({ operationId: 'listSandboxResources', summary: 'What exists in the simulated accounts' }),
      querystring: SandboxResourceFilter,
      response: { 200: refTo(SandboxResourceList), ...problemsFor(400, 401, 403, 503) }
    }
  }, async (request) => ({ items: await control.resources(request.query) }))

  scope.get('/sandbox/resources/:key', {
    config: { operation: 'sandbox.resources.get' },
    schema: {
      ...describe({ operationId: 'getSandboxResource', summary: 'One simulated resource' }),
      params: ByKey,
      response: { 200: refTo(SandboxResource), ...problemsFor(400, 401, 403, 404, 503) }
    }
  }, async (request) => control.resource(request.params))

  scope.patch(
    '/sandbox/resources/:key',
    {
      config: { operation: 'sandbox.resources.change' },
      schema: {
        ...describe({
          operationId: 'changeSandboxResource',
          summary: 'Change properties by hand, as somebody in the console would'
        }),
        params: ByKey,
        body: Type.Object({ properties: Type.Record(Type.String(), Type.Unknown()) }, { additionalProperties: false }),
        response: { 200: refTo(SandboxResource), ...problemsFor(400, 401, 403, 404, 422, 503) }
      }
    },
    async (request) => control.changeResource({ ...request.params, ...request.body })
  )

  scope.delete('/sandbox/resources/:key', {
    config: { operation: 'sandbox.resources.delete' },
    schema: {
      ...describe({ operationId: 'deleteSandboxResource', summary: 'Delete a resource by hand' }),
      params: ByKey,
      response: { ...Nothing, ...problemsFor(400, 401, 403, 404, 422, 503) }
    }
  }, async (request, reply) => {
    await control.deleteResource(request.params)
    return reply.code(204).send(null)
  })
}

const networkRoutes = (control: SandboxControl) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  for (const [method, call, summary] of [
    ['DELETE', 'removeDefaultVpc', 'Take the default VPC away from an account and region'],
    ['PUT', 'restoreDefaultVpc', 'Give the default VPC back']
  ] as const) {
    scope.route({
      method,
      url: '/sandbox/accounts/:account/regions/:region/default-vpc',
      config: { operation: `sandbox.default-vpc.${method === 'PUT' ? 'restore' : 'remove'}` },
      schema: {
        ...describe({ operationId: call, summary }),
        params: SandboxPlace,
        response: { ...Nothing, ...problemsFor(400, 401, 403, 422, 503) }
      },
      handler: async (request, reply) => {
        await control[call](request.params)
        return reply.code(204).send(null)
      }
    })
  }
}

const bucketRoutes = (control: SandboxControl) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.get('/sandbox/buckets/:bucket/objects', {
    config: { operation: 'sandbox.objects.list' },
    schema: {
      ...describe({ operationId: 'listSandboxObjects', summary: 'Objects of a simulated bucket' }),
      params: ByBucket,
      response: { 200: refTo(SandboxObjectList), ...problemsFor(400, 401, 403, 404, 503) }
    }
  }, async (request) => ({ items: await control.objects(request.params) }))

  scope.put(
    '/sandbox/buckets/:bucket/objects/:key',
    {
      config: { operation: 'sandbox.objects.put' },
      schema: {
        ...describe({ operationId: 'putSandboxObject', summary: 'Put an object of some size; it has no content' }),
        params: ByObject,
        body: Type.Object(
          { size: Type.Integer({ minimum: 0, maximum: 5_497_558_138_880 }) },
          { additionalProperties: false }
        ),
        response: { 200: refTo(SandboxObject), ...problemsFor(400, 401, 403, 404, 503) }
      }
    },
    async (request) => {
      const object = { key: request.params.key, size: request.body.size }
      await control.putObjects({ bucket: request.params.bucket, objects: [object] })
      return object
    }
  )

  scope.delete('/sandbox/buckets/:bucket/objects', {
    config: { operation: 'sandbox.objects.delete' },
    schema: {
      ...describe({ operationId: 'emptySandboxBucket', summary: 'Delete every object of a simulated bucket' }),
      params: ByBucket,
      response: { ...Nothing, ...problemsFor(400, 401, 403, 404, 503) }
    }
  }, async (request, reply) => {
    await control.emptyBucket(request.params)
    return reply.code(204).send(null)
  })
}

const jobRoutes = (context: Context, control: SandboxControl) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.get('/sandbox/jobs', {
    config: { operation: 'sandbox.jobs.list' },
    schema: {
      ...describe({ operationId: 'listSandboxJobs', summary: 'Batch jobs, those that are over too' }),
      querystring: SandboxJobFilter,
      response: { 200: refTo(SandboxJobList), ...problemsFor(400, 401, 403, 503) }
    }
  }, async (request) => ({ items: await control.jobs(request.query) }))

  scope.post(
    '/sandbox/jobs',
    {
      config: { operation: 'sandbox.jobs.submit' },
      schema: {
        ...describe({
          operationId: 'submitSandboxJobs',
          summary: 'Submit jobs to a queue; they keep their status until somebody ends them or moves them on'
        }),
        headers: IdempotencyHeaders,
        body: refTo(SandboxJobsInput),
        response: { 201: refTo(SandboxJobList), ...problemsFor(400, 401, 403, 422, 503) }
      }
    },
    async (request, reply) => {
      const jobs = await transact(context, requesterOf(request), async () => ({
        items: await control.submitJobs(request.body)
      }))
      return reply.code(201).send(jobs)
    }
  )

  scope.patch('/sandbox/jobs/:id', {
    config: { operation: 'sandbox.jobs.change' },
    schema: {
      ...describe({ operationId: 'changeSandboxJob', summary: 'Move a job on, as the work it does would' }),
      params: ByJob,
      body: SandboxJobChange,
      response: { 200: refTo(SandboxJob), ...problemsFor(400, 401, 403, 404, 503) }
    }
  }, async (request) => control.changeJob({ ...request.params, ...request.body }))
}

const faultRoutes = (context: Context, control: SandboxControl) => async (app: FastifyInstance): Promise<void> => {
  const scope = typed(app)

  scope.get('/sandbox/faults', {
    config: { operation: 'sandbox.faults.list' },
    schema: {
      ...describe({ operationId: 'listSandboxFaults', summary: 'Scripted faults and what they struck' }),
      response: { 200: refTo(SandboxFaultList), ...problemsFor(401, 403, 503) }
    }
  }, async () => ({ items: await control.faults() }))

  scope.post('/sandbox/faults', {
    config: { operation: 'sandbox.faults.add' },
    schema: {
      ...describe({ operationId: 'addSandboxFault', summary: 'Script a fault' }),
      headers: IdempotencyHeaders,
      body: refTo(SandboxFaultInput),
      response: { 201: refTo(SandboxFault), ...problemsFor(400, 401, 403, 422, 503) }
    }
  }, async (request, reply) => {
    const fault = await transact(context, requesterOf(request), async () => control.addFault(request.body))
    return reply.code(201).send(fault)
  })

  scope.delete('/sandbox/faults', {
    config: { operation: 'sandbox.faults.clear' },
    schema: {
      ...describe({ operationId: 'clearSandboxFaults', summary: 'Take all faults back; calls that hang go on' }),
      response: { ...Nothing, ...problemsFor(401, 403, 503) }
    }
  }, async (_request, reply) => {
    await control.clearFaults()
    return reply.code(204).send(null)
  })
}
