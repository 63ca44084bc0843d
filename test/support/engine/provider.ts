import { createRequire } from 'node:module'
import * as grpc from '@grpc/grpc-js'
import plugin from '@pulumi/pulumi/proto/plugin_pb.js'
import provider from '@pulumi/pulumi/proto/provider_pb.js'
import statusPb from '@pulumi/pulumi/proto/status_pb.js'
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import type { JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb.js'
import type { Any } from 'google-protobuf/google/protobuf/any_pb.js'
import type { Empty } from 'google-protobuf/google/protobuf/empty_pb.js'

// The SDK's stubs check `instanceof` against the SDK's own google-protobuf, so the messages must come from there.
const sdkRequire = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi/proto/provider_pb.js'))
const { Struct: SdkStruct } = sdkRequire('google-protobuf/google/protobuf/struct_pb.js') as { Struct: typeof Struct }
const { Any: SdkAny } = sdkRequire('google-protobuf/google/protobuf/any_pb.js') as { Any: typeof Any }
const { Empty: SdkEmpty } = sdkRequire('google-protobuf/google/protobuf/empty_pb.js') as { Empty: typeof Empty }

type Properties = Record<string, JavaScriptValue>

interface ProviderCall {
  method: string
  peer: string
  urn?: string
  id?: string
  properties?: Properties
  timeout?: number
}

/** Holds the calls of one resource back until released; `entered` resolves when the first one arrives. */
export interface Gate {
  entered: Promise<void>
  release: () => void
}

export interface TestProvider {
  port: number
  /** Every call, in the order of arrival. */
  calls: ProviderCall[]
  /** What exists in this pretended cloud: id -> outputs. */
  resources: Map<string, Properties>
  /** Makes `method` (Create, Read, Update, Delete) of the resource called `name` wait. */
  hold: (method: string, name: string) => Gate
  /** Makes `method` of the resource called `name` fail with this message until `heal`. */
  fail: (method: string, name: string, message: string) => void
  /** Makes the create or read of the resource called `name` succeed by half: it exists, but is not right. */
  spoil: (method: string, name: string, reason: string) => void
  heal: () => void
  /** URNs of the calls of one method, in order of arrival, shortened to the resource's name. */
  names: (method: string) => string[]
  stop: () => Promise<void>
}

interface World {
  calls: ProviderCall[]
  resources: Map<string, Properties>
  gates: Map<string, { entered: () => void, released: Promise<void> }>
  failures: Map<string, string>
  spoilt: Map<string, string>
  configuration: Map<string, Properties>
  serial: number
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf('::') + 2)

const properties = (message: Struct | undefined): Properties => message?.toJavaScript() ?? {}

/**
 * A resource provider of package `test`, served over gRPC for engines to attach to
 * (`PULUMI_DEBUG_PROVIDERS=test:PORT`). Type `test:index:Thing` takes any inputs and returns them with `arn`, `region`
 * (of its provider) and, when `password` is given, a secret `token`. Changing `name` replaces, after the old one is
 * deleted if `exclusive` is given; changing anything else updates. `test:index:echo` answers its arguments and the
 * provider's region.
 */
export async function startProvider (): Promise<TestProvider> {
  const world: World = {
    calls: [],
    resources: new Map(),
    gates: new Map(),
    failures: new Map(),
    spoilt: new Map(),
    configuration: new Map(),
    serial: 0
  }
  const server = new grpc.Server()
  server.addService(services.ResourceProviderService, implementation(world))
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound)
    )
  })
  return {
    port,
    calls: world.calls,
    resources: world.resources,
    hold: (method, name) => hold(world, `${method} ${name}`),
    fail: (method, name, message) => { world.failures.set(`${method} ${name}`, message) },
    spoil: (method, name, reason) => { world.spoilt.set(`${method} ${name}`, reason) },
    heal: () => { world.failures.clear(); world.spoilt.clear() },
    names: (method) => world.calls.filter((call) => call.method === method).map((call) => nameOf(call.urn ?? '')),
    stop: async () => { server.forceShutdown() }
  }
}

function hold (world: World, key: string): Gate {
  const entered = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  world.gates.set(key, { entered: entered.resolve, released: released.promise })
  return { entered: entered.promise, release: released.resolve }
}

async function pass (world: World, method: string, urn: string): Promise<void> {
  const key = `${method} ${nameOf(urn)}`
  const gate = world.gates.get(key)
  if (gate) {
    gate.entered()
    await gate.released
  }
  const message = world.failures.get(key)
  if (message !== undefined) throw Object.assign(new Error(message), { code: grpc.status.UNKNOWN, details: message })
}

/** What an engine takes for a value that is not known yet. */
const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

/**
 * The error of a resource that exists but is not right: it carries the resource (pulumirpc.ErrorResourceInitFailed).
 */
function spoil (world: World, key: string, id: string, outputs: Properties): void {
  const reason = world.spoilt.get(key)
  if (reason === undefined) return
  const failure = new provider.ErrorResourceInitFailed()
  failure.setId(id)
  failure.setProperties(SdkStruct.fromJavaScript(outputs))
  failure.addReasons(reason)
  const detail = new SdkAny()
  detail.pack(failure.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed')
  const status = new statusPb.Status()
  status.setCode(grpc.status.UNKNOWN)
  status.setMessage(reason)
  status.addDetails(detail)
  const metadata = new grpc.Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from(status.serializeBinary()))
  throw Object.assign(new Error(reason), { code: grpc.status.UNKNOWN, details: reason, metadata })
}

const secret = (value: JavaScriptValue): JavaScriptValue =>
  ({ '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', value })

function outputsOf (inputs: Properties, id: string, region: JavaScriptValue): Properties {
  const token: Properties = 'password' in inputs ? { token: secret(`token-${id}`) } : {}
  return { ...inputs, ...token, arn: `arn:test:${id}`, region }
}

type Handler<Q, A> = (request: Q, peer: string) => Promise<A> | A

const unary = <Q, A>(handler: Handler<Q, A>): grpc.handleUnaryCall<Q, A> => (call, callback) => {
  Promise.resolve()
    .then(() => handler(call.request, call.getPeer()))
    .then((answer) => callback(null, answer), (error: unknown) => callback(error as grpc.ServiceError))
}

function implementation (world: World): grpc.UntypedServiceImplementation {
  const record = (method: string, peer: string, more: Partial<ProviderCall> = {}) => {
    world.calls.push({ method, peer, ...more })
  }
  const regionOf = (peer: string) => world.configuration.get(peer)?.['region'] ?? 'none'
  return {
    ...configuration(world, record),
    ...lifecycle(world, record, regionOf),
    invoke: unary((request: provider.InvokeRequest, peer) => {
      record('Invoke', peer, { properties: properties(request.getArgs()) })
      const answer = new provider.InvokeResponse()
      answer.setReturn(SdkStruct.fromJavaScript({ ...properties(request.getArgs()), region: regionOf(peer) }))
      return answer
    }),
    cancel: unary((_: Empty, peer) => {
      record('Cancel', peer)
      return new SdkEmpty()
    })
  }
}

type Recorder = (method: string, peer: string, more?: Partial<ProviderCall>) => void

function configuration (world: World, record: Recorder): grpc.UntypedServiceImplementation {
  return {
    handshake: unary((_: provider.ProviderHandshakeRequest, peer) => {
      record('Handshake', peer)
      const answer = new provider.ProviderHandshakeResponse()
      answer.setAcceptSecrets(true)
      answer.setAcceptResources(true)
      answer.setAcceptOutputs(false)
      return answer
    }),
    attach: unary((_: plugin.PluginAttach, peer) => {
      record('Attach', peer)
      return new SdkEmpty()
    }),
    getPluginInfo: unary(() => {
      const answer = new plugin.PluginInfo()
      answer.setVersion('1.0.0')
      return answer
    }),
    checkConfig: unary((request: provider.CheckRequest, peer) => {
      record('CheckConfig', peer, { urn: request.getUrn() })
      return checked(request)
    }),
    diffConfig: unary((request: provider.DiffRequest) =>
      difference(properties(request.getOldInputs()), properties(request.getNews()), [])
    ),
    configure: unary((request: provider.ConfigureRequest, peer) => {
      record('Configure', peer, { properties: properties(request.getArgs()) })
      world.configuration.set(peer, properties(request.getArgs()))
      const answer = new provider.ConfigureResponse()
      answer.setAcceptsecrets(true)
      answer.setSupportspreview(true)
      answer.setAcceptresources(true)
      return answer
    })
  }
}

function checked (request: provider.CheckRequest): provider.CheckResponse {
  const answer = new provider.CheckResponse()
  answer.setInputs(request.getNews())
  if (properties(request.getNews())['invalid'] !== undefined) {
    const failure = new provider.CheckFailure()
    failure.setProperty('invalid')
    failure.setReason('this property must not be set')
    answer.addFailures(failure)
  }
  return answer
}

function difference (olds: Properties, news: Properties, replacing: string[]): provider.DiffResponse {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => !key.startsWith('__'))
  const changed = keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]))
  const answer = new provider.DiffResponse()
  answer.setChanges(
    changed.length > 0 ? provider.DiffResponse.DiffChanges.DIFF_SOME : provider.DiffResponse.DiffChanges.DIFF_NONE
  )
  answer.setDiffsList(changed)
  answer.setReplacesList(changed.filter((key) => replacing.includes(key)))
  answer.setDeletebeforereplace('exclusive' in news)
  return answer
}

const computed = new Set(['arn', 'region', 'token'])

/** What exists, as a change by hand left it; no id if it is gone. */
async function read (world: World, request: provider.ReadRequest): Promise<provider.ReadResponse> {
  await pass(world, 'Read', request.getUrn())
  const answer = new provider.ReadResponse()
  const outputs = world.resources.get(request.getId())
  if (outputs === undefined) return answer
  spoil(world, `Read ${nameOf(request.getUrn())}`, request.getId(), outputs)
  const inputs = Object.fromEntries(Object.entries(outputs).filter(([key]) => !computed.has(key)))
  return answer
    .setId(request.getId())
    .setProperties(SdkStruct.fromJavaScript(outputs))
    .setInputs(SdkStruct.fromJavaScript(inputs))
}

function lifecycle (
  world: World,
  record: Recorder,
  regionOf: (peer: string) => JavaScriptValue
): grpc.UntypedServiceImplementation {
  const foresee = (request: provider.CreateRequest, peer: string): provider.CreateResponse => {
    record('Foresee', peer, { urn: request.getUrn() })
    const outputs = { ...outputsOf(properties(request.getProperties()), '', regionOf(peer)), arn: unknown }
    return new provider.CreateResponse().setProperties(SdkStruct.fromJavaScript(outputs))
  }
  return {
    check: unary((request: provider.CheckRequest, peer) => {
      record('Check', peer, { urn: request.getUrn(), properties: properties(request.getNews()) })
      return checked(request)
    }),
    diff: unary((request: provider.DiffRequest, peer) => {
      record('Diff', peer, { urn: request.getUrn() })
      return difference(properties(request.getOldInputs()), properties(request.getNews()), ['name'])
    }),
    create: unary(async (request: provider.CreateRequest, peer) => {
      const inputs = properties(request.getProperties())
      if (request.getPreview()) return foresee(request, peer)
      record('Create', peer, { urn: request.getUrn(), properties: inputs, timeout: request.getTimeout() })
      await pass(world, 'Create', request.getUrn())
      world.serial += 1
      const id = `${nameOf(request.getUrn())}-${world.serial}`
      const outputs = outputsOf(inputs, id, regionOf(peer))
      world.resources.set(id, outputs)
      spoil(world, `Create ${nameOf(request.getUrn())}`, id, outputs)
      const answer = new provider.CreateResponse()
      answer.setId(id)
      answer.setProperties(SdkStruct.fromJavaScript(outputs))
      return answer
    }),
    update: unary(async (request: provider.UpdateRequest, peer) => {
      if (request.getPreview()) {
        return new provider.UpdateResponse().setProperties(
          SdkStruct.fromJavaScript(outputsOf(properties(request.getNews()), request.getId(), regionOf(peer)))
        )
      }
      record('Update', peer, { urn: request.getUrn(), id: request.getId(), properties: properties(request.getNews()) })
      await pass(world, 'Update', request.getUrn())
      const outputs = outputsOf(properties(request.getNews()), request.getId(), regionOf(peer))
      world.resources.set(request.getId(), outputs)
      const answer = new provider.UpdateResponse()
      answer.setProperties(SdkStruct.fromJavaScript(outputs))
      return answer
    }),
    read: unary(async (request: provider.ReadRequest, peer) => {
      record('Read', peer, { urn: request.getUrn(), id: request.getId() })
      return read(world, request)
    }),
    delete: unary(async (request: provider.DeleteRequest, peer) => {
      record('Delete', peer, { urn: request.getUrn(), id: request.getId(), timeout: request.getTimeout() })
      await pass(world, 'Delete', request.getUrn())
      world.resources.delete(request.getId())
      return new SdkEmpty()
    })
  }
}
