import * as grpc from '@grpc/grpc-js'
import enginePb from '@pulumi/pulumi/proto/engine_pb.js'
import engineGrpc from '@pulumi/pulumi/proto/engine_grpc_pb.js'
import resourcePb from '@pulumi/pulumi/proto/resource_pb.js'
import resourceGrpc from '@pulumi/pulumi/proto/resource_grpc_pb.js'
import { EngineError, messageOf } from '../../errors.ts'
import { EmptyMessage, StructMessage, channelOptions } from '../../protocol.ts'
import { urnOf } from '../../urn.ts'
import { fromStruct, toWireObject } from '../../values/wire.ts'
import type { DeploymentContext } from '../context.ts'
import type { Severity } from '../reporting/events.ts'
import { goalOf } from '../planning/goal.ts'
import type { Registrations } from './registrations.ts'
import type { Registration } from './registrations.ts'
import { Stopped } from '../stop.ts'

const { ResourceMonitorFeature: Feature } = resourcePb

/** What a program may rely on. Whatever is not listed, the SDK refuses itself with a message that says so. */
const features = [
  Feature.RESOURCE_MONITOR_FEATURE_SECRETS,
  Feature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  Feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  Feature.RESOURCE_MONITOR_FEATURE_DELETED_WITH
]

/** The names `SupportsFeature` asks by. */
const featureNames = new Set(['secrets', 'resourceReferences', 'aliasSpecs', 'deletedWith'])

type Handler<Q, A> = (request: Q) => Promise<A> | A

/** A failure of the engine as a program sees it: after UNAVAILABLE the SDK ends the run and waits for nothing more. */
function serviceError (error: unknown): Partial<grpc.ServiceError> {
  if (error instanceof Stopped) return { code: grpc.status.UNAVAILABLE, details: 'resource monitor shut down' }
  return {
    code: error instanceof EngineError ? grpc.status.UNIMPLEMENTED : grpc.status.UNKNOWN,
    details: messageOf(error)
  }
}

const unary = <Q, A>(handler: Handler<Q, A>): grpc.handleUnaryCall<Q, A> => (call, callback) => {
  Promise.resolve()
    .then(async () => handler(call.request))
    .then(
      (answer) => callback(null, answer),
      (error: unknown) => callback(serviceError(error))
    )
}

const severities: Record<number, Severity> = {
  [enginePb.LogSeverity.DEBUG]: 'debug',
  [enginePb.LogSeverity.INFO]: 'info',
  [enginePb.LogSeverity.WARNING]: 'warning',
  [enginePb.LogSeverity.ERROR]: 'error'
}

/** The server that programs and providers talk to: ResourceMonitor and Engine on one loopback port. */
export interface EngineServer {
  address: string
  /** From now on registrations are served. Destroying needs none. */
  serve: (context: DeploymentContext, registrations: Registrations) => void
  close: () => void
}

export interface LogSink {
  log: (severity: Severity, message: string, urn: string) => void
}

export async function startEngineServer (sink: LogSink): Promise<EngineServer> {
  const server = new grpc.Server(channelOptions)
  const session: Session = { current: undefined, root: '' }
  server.addService(resourceGrpc.ResourceMonitorService, monitorService(session))
  server.addService(engineGrpc.EngineService, engineService(session, sink))
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound)
    )
  })
  return {
    address: `127.0.0.1:${port}`,
    serve: (context, registrations) => { session.current = { context, registrations } },
    close: () => server.forceShutdown()
  }
}

interface Session {
  current: { context: DeploymentContext, registrations: Registrations } | undefined
  root: string
}

function active (session: Session): { context: DeploymentContext, registrations: Registrations } {
  if (session.current === undefined) throw new Stopped()
  return session.current
}

function engineService (session: Session, sink: LogSink): grpc.UntypedServiceImplementation {
  return {
    log: unary((request: enginePb.LogRequest) => {
      sink.log(severities[request.getSeverity()] ?? 'info', request.getMessage(), request.getUrn())
      return new EmptyMessage()
    }),
    getRootResource: unary(() => {
      const answer = new enginePb.GetRootResourceResponse()
      answer.setUrn(session.root)
      return answer
    }),
    setRootResource: unary((request: enginePb.SetRootResourceRequest) => {
      session.root = request.getUrn()
      return new enginePb.SetRootResourceResponse()
    })
  }
}

function monitorService (session: Session): grpc.UntypedServiceImplementation {
  return {
    getDeploymentInfo: unary(() => deploymentInfo(active(session).context)),
    supportsFeature: unary((request: resourcePb.SupportsFeatureRequest) => {
      const answer = new resourcePb.SupportsFeatureResponse()
      answer.setHassupport(featureNames.has(request.getId()))
      return answer
    }),
    registerResource: unary(async (request: resourcePb.RegisterResourceRequest) => register(active(session), request)),
    registerResourceOutputs: unary((request: resourcePb.RegisterResourceOutputsRequest) => {
      active(session).registrations.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()))
      return new EmptyMessage()
    }),
    invoke: unary(async (request: resourcePb.ResourceInvokeRequest) => invoke(active(session).registrations, request)),
    call: unary((request: resourcePb.ResourceCallRequest) => {
      throw new EngineError(`the sandbox engine does not implement method calls (${request.getTok()})`)
    }),
    readResource: unary((request: resourcePb.ReadResourceRequest) => {
      const resource = `${request.getType()} ${request.getName()}`
      throw new EngineError(
        `the sandbox engine does not implement reading resources that it does not manage (${resource})`
      )
    }),
    signalAndWaitForShutdown: unary(() => new EmptyMessage())
  }
}

function deploymentInfo (context: DeploymentContext): resourcePb.DeploymentInfo {
  const info = new resourcePb.DeploymentInfo()
  info.setProject(context.scope.project)
  info.setStack(context.scope.stack)
  info.setOrganization('organization')
  info.setDryrun(context.preview)
  info.setParallel(context.parallel)
  info.setSupportedfeaturesList(features)
  for (const [key, { value, secret }] of context.config) {
    info.getConfigMap().set(key, value)
    if (secret) info.addConfigsecretkeys(key)
  }
  return info
}

type Active = ReturnType<typeof active>

async function register (
  { context, registrations }: Active,
  request: resourcePb.RegisterResourceRequest
): Promise<resourcePb.RegisterResourceResponse> {
  context.stop.check()
  try {
    return registered(await registrations.register(goalOf(request, context.projectRoot)))
  } catch (error) {
    if (error instanceof Stopped) throw error
    context.reporter.diagnostic(
      'error',
      messageOf(error),
      urnOf(context.scope, { parent: request.getParent(), type: request.getType(), name: request.getName() })
    )
    context.stop.now('failed')
    throw new Stopped()
  }
}

function registered (registration: Registration): resourcePb.RegisterResourceResponse {
  const answer = new resourcePb.RegisterResourceResponse()
  if (registration.result !== 'success') {
    answer.setUrn(registration.urn)
    answer.setResult(resourcePb.Result.FAIL)
    return answer
  }
  const { urn, id, custom, outputs } = registration.state
  answer.setUrn(urn)
  answer.setId(id)
  // A component's outputs may name resources that are not registered yet: they are the program's to give.
  answer.setObject(
    StructMessage.fromJavaScript(custom ? toWireObject(outputs, { secrets: true, references: true }) : {})
  )
  return answer
}

async function invoke (
  registrations: Registrations,
  request: resourcePb.ResourceInvokeRequest
): Promise<resourcePb.ResourceInvokeResponse> {
  const token = request.getTok()
  const connection = await registrations.providerFor(token, request.getProvider(), request.getVersion())
  let result
  try {
    result = await connection.invoke(token, fromStruct(request.getArgs()))
  } catch (cause) {
    throw new Error(`invocation of ${token} returned an error: ${messageOf(cause)}`, { cause })
  }
  const answer = new resourcePb.ResourceInvokeResponse()
  answer.setReturn(result.getReturn())
  answer.setFailuresList(result.getFailuresList())
  return answer
}
