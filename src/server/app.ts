import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { typeidUnboxed } from 'typeid-js'
import { Refusal } from '../errors.ts'
import type { Context } from '../operations/context.ts'
import { changeRoutes } from '../routes/changes.ts'
import { checkRoutes } from '../routes/checks.ts'
import { environmentRoutes } from '../routes/environments.ts'
import { eventRoutes } from '../routes/events.ts'
import { healthRoutes } from '../routes/health.ts'
import { keyRoutes } from '../routes/keys.ts'
import { operationRoutes } from '../routes/operations.ts'
import { sandboxRoutes } from '../routes/sandbox.ts'
import type { SandboxControl } from '../schemas/sandbox-control.ts'
import { teamRoutes } from '../routes/teams.ts'
import { SHARED_SCHEMAS } from '../schemas/index.ts'
import { access } from './plugins/access.ts'
import { emptyBodies } from './plugins/empty-bodies.ts'
import { requestMetrics } from './plugins/metrics.ts'
import { connections } from './plugins/connections.ts'
import { openapi } from './plugins/openapi.ts'
import { problems, refuseUnreadable, refuseUnroutable } from './plugins/problems.ts'
import { requestLog } from './plugins/request-log.ts'
import { cachedSerializerFactory } from './plugins/serialization.ts'
import { validation } from './plugins/validation.ts'

export interface AppOptions {
  readonly context: Context
  readonly version: string
  /** The simulated account's controls; undefined on real AWS, where their routes do not exist. */
  readonly sandbox: SandboxControl | undefined
}

/** A spec is a few KiB. This leaves room for long commands; a larger body is refused before it is parsed. */
const BODY_LIMIT_BYTES = 256 * 1024

/** A request is a few KiB: one that takes longer to arrive only occupies a connection. */
const REQUEST_TIMEOUT_MILLISECONDS = 30_000

/** The HTTP service: plugins, then routes by who may call them. Production and tests use the same one. */
export async function buildApp ({ context, version, sandbox }: AppOptions): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = context.log
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => typeidUnboxed('req'),
    bodyLimit: BODY_LIMIT_BYTES,
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: refuseUnreadable,
    schemaController: { compilersFactory: { buildSerializer: cachedSerializerFactory() } },
    routerOptions: { maxParamLength: 500 },
    requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
    return503OnClosing: false,
    forceCloseConnections: 'idle'
  })
  for (const schema of SHARED_SCHEMAS) app.addSchema(schema)

  app.addHook('onRequest', (_request, _reply, done) => {
    done(
      context.stopping.aborted ? new Refusal('unavailable', 'the service is stopping', { retryAfter: 2 }) : undefined
    )
  })
  await app.register(connections)
  await app.register(emptyBodies)
  await app.register(validation)
  await app.register(problems)
  await app.register(requestLog)
  await app.register(requestMetrics, { metrics: context.metrics })
  await app.register(access, { apiKeys: context.apiKeys, isOpen: context.isOpen })
  await app.register(openapi, { version })

  await app.register(healthRoutes(context))
  if (context.role === 'worker') return app
  await app.forCallers(async (scope) => {
    await scope.register(environmentRoutes(context))
    await scope.register(changeRoutes(context))
    await scope.register(checkRoutes(context))
    await scope.register(operationRoutes(context))
    await scope.register(eventRoutes(context))
  })
  await app.forAdmins(async (scope) => {
    await scope.register(teamRoutes(context))
    await scope.register(keyRoutes(context))
    if (sandbox) await scope.register(sandboxRoutes(context, sandbox))
  })
  return app
}
