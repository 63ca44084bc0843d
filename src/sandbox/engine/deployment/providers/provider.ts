import * as grpc from '@grpc/grpc-js'
import pluginPb from '@pulumi/pulumi/proto/plugin_pb.js'
import providerPb from '@pulumi/pulumi/proto/provider_pb.js'
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import { EmptyMessage, StructMessage, channelOptions } from '../../protocol.ts'
import { nameOf, typeOf } from '../../urn.ts'
import { fromStruct, toWireObject } from '../../values/wire.ts'
import { containsUnknown } from '../../values/value.ts'
import type { Properties } from '../../values/value.ts'
import { ProviderError, providerError } from './provider-error.ts'
import { differenceOf } from '../planning/difference.ts'
import type { Difference } from '../planning/difference.ts'

export interface CheckFailure {
  property: string
  reason: string
}

export interface Checked {
  inputs: Properties
  failures: CheckFailure[]
}

export interface Created {
  id: string
  outputs: Properties
}

/** How a resource is updated; a preview only foresees the outputs. */
export interface UpdateOptions {
  timeout: number
  ignoreChanges: readonly string[]
  preview: boolean
}

/** A resource as the calls on it need it. */
export interface Subject {
  urn: string
  id: string
  inputs: Properties
  outputs: Properties
}

type Unary<Q, A> = (request: Q, callback: (error: grpc.ServiceError | null, answer: A) => void) => unknown

/** The real engine waits 10 s for an attached provider to answer. */
const connectMillis = 10_000

/**
 * One provider instance over a gRPC connection of its own: sandbox AWS keeps configuration by connection, and Cancel
 * must end this instance only, so channels are never shared.
 */
export class ProviderConnection {
  readonly name: string
  readonly #client: providerGrpc.ResourceProviderClient
  #secrets = false
  #references = false
  #previews = false

  constructor (name: string, port: number) {
    this.name = name
    this.#client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(),
      { ...channelOptions, 'grpc.use_local_subchannel_pool': 1 })
  }

  /** Whether secrets reach the provider as such; if not, its outputs have to be marked by the engine. */
  get acceptsSecrets (): boolean {
    return this.#secrets
  }

  /** Handshake, then Attach, which a provider may not implement. */
  async attach (engineAddress: string): Promise<void> {
    await this.#ready()
    const request = new providerPb.ProviderHandshakeRequest()
    request.setEngineAddress(engineAddress)
    request.setConfigureWithUrn(true)
    const answer = await optional(this.#call<providerPb.ProviderHandshakeRequest, providerPb.ProviderHandshakeResponse>(
      (sent, done) => this.#client.handshake(sent, done), request))
    this.#secrets = answer?.getAcceptSecrets() ?? false
    this.#references = answer?.getAcceptResources() ?? false
    const attach = new pluginPb.PluginAttach()
    attach.setAddress(engineAddress)
    await optional(this.#call((sent, done) => this.#client.attach(sent, done), attach))
  }

  async checkConfig (urn: string, olds: Properties, news: Properties): Promise<Checked> {
    const answer = await optional(this.#call<providerPb.CheckRequest, providerPb.CheckResponse>(
      (sent, done) => this.#client.checkConfig(sent, done), this.#checkRequest(urn, olds, news)))
    return answer === undefined ? { inputs: news, failures: [] } : checkedOf(answer)
  }

  /** What a changed configuration means. `undefined`: the provider can't tell. */
  async diffConfig (old: Subject, news: Properties): Promise<Difference | undefined> {
    const answer = await optional(this.#call<providerPb.DiffRequest, providerPb.DiffResponse>(
      (sent, done) => this.#client.diffConfig(sent, done), this.#diffRequest(old, news, [])))
    return answer === undefined ? undefined : differenceOf(answer)
  }

  async configure (urn: string, id: string, inputs: Properties): Promise<void> {
    const request = new providerPb.ConfigureRequest()
    request.setArgs(StructMessage.fromJavaScript(toWireObject(inputs, { secrets: true, references: true })))
    request.setAcceptsecrets(true)
    request.setAcceptresources(true)
    request.setSendsOldInputs(true)
    request.setSendsOldInputsToDelete(true)
    request.setId(id)
    request.setUrn(urn)
    request.setName(nameOf(urn))
    request.setType(typeOf(urn))
    const answer = await this.#call<providerPb.ConfigureRequest, providerPb.ConfigureResponse>((sent, done) => this.#client.configure(sent, done), request)
    this.#secrets ||= answer.getAcceptsecrets()
    this.#references ||= answer.getAcceptresources()
    this.#previews = answer.getSupportspreview()
  }

  /** `seed` makes the names a provider invents the same when a check is repeated. */
  async check (urn: string, olds: Properties | undefined, news: Properties, seed: Uint8Array): Promise<Checked> {
    const request = this.#checkRequest(urn, olds ?? {}, news)
    request.setRandomseed(seed)
    return checkedOf(await this.#call<providerPb.CheckRequest, providerPb.CheckResponse>((sent, done) => this.#client.check(sent, done), request))
  }

  async diff (old: Subject, news: Properties, ignoreChanges: readonly string[]): Promise<Difference> {
    return differenceOf(await this.#call<providerPb.DiffRequest, providerPb.DiffResponse>(
      (sent, done) => this.#client.diff(sent, done), this.#diffRequest(old, news, ignoreChanges)))
  }

  /** What a create would answer, as far as the provider can tell; one that can't is taken to answer the inputs. */
  async foreseeCreate (urn: string, inputs: Properties): Promise<Created> {
    if (!this.#previews) return { id: '', outputs: inputs }
    const answer = await this.#sendCreate(urn, inputs, { timeout: 0, preview: true })
    return { id: answer.getId(), outputs: fromStruct(answer.getProperties()) }
  }

  async create (urn: string, inputs: Properties, timeout: number): Promise<Created> {
    const answer = await this.#sendCreate(urn, inputs, { timeout, preview: false })
    if (answer.getId() === '') throw new ProviderError(`plugin for package '${this.name}' returned empty resource.ID from create '${urn}'`)
    return { id: answer.getId(), outputs: known(answer.getProperties(), urn) }
  }

  async #sendCreate (urn: string, inputs: Properties, { timeout, preview }: { timeout: number, preview: boolean }): Promise<providerPb.CreateResponse> {
    const request = new providerPb.CreateRequest()
    request.setUrn(urn)
    request.setName(nameOf(urn))
    request.setType(typeOf(urn))
    request.setProperties(this.#struct(inputs))
    request.setTimeout(timeout)
    request.setPreview(preview)
    return this.#call<providerPb.CreateRequest, providerPb.CreateResponse>((sent, done) => this.#client.create(sent, done), request)
  }

  async update (old: Subject, news: Properties, options: UpdateOptions): Promise<Properties> {
    if (options.preview && !this.#previews) return news
    const request = new providerPb.UpdateRequest()
    request.setId(old.id)
    request.setUrn(old.urn)
    request.setName(nameOf(old.urn))
    request.setType(typeOf(old.urn))
    request.setOlds(this.#struct(old.outputs))
    request.setOldInputs(this.#struct(old.inputs))
    request.setNews(this.#struct(news))
    request.setTimeout(options.timeout)
    request.setIgnorechangesList([...options.ignoreChanges])
    request.setPreview(options.preview)
    const answer = await this.#call<providerPb.UpdateRequest, providerPb.UpdateResponse>((sent, done) => this.#client.update(sent, done), request)
    return options.preview ? fromStruct(answer.getProperties()) : known(answer.getProperties(), old.urn)
  }

  /** What exists: no id if the resource is gone, no inputs if the provider can't tell them. */
  async read (old: Subject, timeout: number): Promise<Created & { inputs: Properties | undefined }> {
    const request = new providerPb.ReadRequest()
    request.setId(old.id)
    request.setUrn(old.urn)
    request.setName(nameOf(old.urn))
    request.setType(typeOf(old.urn))
    request.setProperties(this.#struct(old.outputs))
    request.setInputs(this.#struct(old.inputs))
    request.setTimeout(timeout)
    const answer = await this.#call<providerPb.ReadRequest, providerPb.ReadResponse>((sent, done) => this.#client.read(sent, done), request)
    const inputs = answer.hasInputs() ? known(answer.getInputs(), old.urn) : undefined
    return { id: answer.getId(), outputs: known(answer.getProperties(), old.urn), inputs }
  }

  async delete (old: Subject, timeout: number): Promise<void> {
    const request = new providerPb.DeleteRequest()
    request.setId(old.id)
    request.setUrn(old.urn)
    request.setName(nameOf(old.urn))
    request.setType(typeOf(old.urn))
    request.setProperties(this.#struct(old.outputs))
    request.setOldInputs(this.#struct(old.inputs))
    request.setTimeout(timeout)
    await this.#call((sent, done) => this.#client.delete(sent, done), request)
  }

  /** The answer as sent, for the program. */
  async invoke (token: string, args: Properties): Promise<providerPb.InvokeResponse> {
    const request = new providerPb.InvokeRequest()
    request.setTok(token)
    request.setArgs(this.#struct(args))
    return this.#call<providerPb.InvokeRequest, providerPb.InvokeResponse>((sent, done) => this.#client.invoke(sent, done), request)
  }

  /** Tells the provider that this instance is not needed any more; the process itself belongs to somebody else. */
  async cancel (): Promise<void> {
    await this.#call((sent, done) => this.#client.cancel(sent, done), new EmptyMessage()).catch(() => {})
  }

  close (): void {
    this.#client.close()
  }

  #struct (properties: Properties): InstanceType<typeof StructMessage> {
    return StructMessage.fromJavaScript(toWireObject(properties, { secrets: this.#secrets, references: this.#references }))
  }

  #checkRequest (urn: string, olds: Properties, news: Properties): providerPb.CheckRequest {
    const request = new providerPb.CheckRequest()
    request.setUrn(urn)
    request.setName(nameOf(urn))
    request.setType(typeOf(urn))
    request.setOlds(this.#struct(olds))
    request.setNews(this.#struct(news))
    return request
  }

  #diffRequest (old: Subject, news: Properties, ignoreChanges: readonly string[]): providerPb.DiffRequest {
    const request = new providerPb.DiffRequest()
    request.setId(old.id)
    request.setUrn(old.urn)
    request.setName(nameOf(old.urn))
    request.setType(typeOf(old.urn))
    request.setOlds(this.#struct(old.outputs))
    request.setOldInputs(this.#struct(old.inputs))
    request.setNews(this.#struct(news))
    request.setIgnorechangesList([...ignoreChanges])
    return request
  }

  async #ready (): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.waitForReady(Date.now() + connectMillis, (error) => error
        ? reject(new ProviderError(`${this.name} (resource) plugin [${this.name}] did not begin responding to RPC connections`))
        : resolve())
    })
  }

  async #call<Q, A> (method: Unary<Q, A>, request: Q): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      method(request, (error, answer) => error ? reject(providerError(error)) : resolve(answer))
    })
  }
}

/** `undefined` for a method the provider does not implement. */
async function optional<A> (answer: Promise<A>): Promise<A | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ProviderError && error.code === grpc.status.UNIMPLEMENTED) return undefined
    throw error
  }
}

/** Outputs of something that was really done. */
function known (message: Parameters<typeof fromStruct>[0], urn: string): Properties {
  const outputs = fromStruct(message)
  if (containsUnknown(outputs)) throw new ProviderError(`the provider answered unknown outputs for '${urn}'`)
  return outputs
}

const checkedOf = (answer: providerPb.CheckResponse): Checked => ({
  inputs: fromStruct(answer.getInputs()),
  failures: answer.getFailuresList().map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }))
})
