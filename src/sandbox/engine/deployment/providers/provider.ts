import * as grpc from '@grpc/grpc-js'
import pluginPb from '@pulumi/pulumi/proto/plugin_pb.js'
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import providerPb from '@pulumi/pulumi/proto/provider_pb.js'
import { EmptyMessage, channelOptions } from '../../protocol.ts'
import { containsUnknown, type Properties } from '../../values/value.ts'
import { fromStruct } from '../../values/wire.ts'
import { differenceOf, type InputDifference } from '../planning/difference.ts'
import type { CheckedInputs, Created, ExistingResource, UpdateOptions } from './provider-calls.ts'
import { ProviderError, providerError } from './provider-error.ts'
import { ProviderRequests, configureRequest } from './provider-requests.ts'

type Unary<Q, A> = (request: Q, callback: (error: grpc.ServiceError | null, answer: A) => void) => unknown

/** The real engine waits 10 s for an attached provider to answer. */
const CONNECT_MILLISECONDS = 10_000

/**
 * One provider instance over a gRPC connection of its own: sandbox AWS keeps configuration by connection, and Cancel
 * must end this instance only, so channels are never shared.
 */
export class ProviderConnection {
  readonly name: string
  readonly #client: providerGrpc.ResourceProviderClient
  readonly #requests = new ProviderRequests()
  #previews = false

  constructor (name: string, port: number) {
    this.name = name
    const options = { ...channelOptions, 'grpc.use_local_subchannel_pool': 1 }
    this.#client = new providerGrpc.ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
      options
    )
  }

  /** Whether secrets reach the provider as such; if not, its outputs have to be marked by the engine. */
  get acceptsSecrets (): boolean {
    return this.#requests.wire.secrets
  }

  /** Handshake, then Attach, which a provider may not implement. */
  async attach (engineAddress: string): Promise<void> {
    await this.#ready()
    const request = new providerPb.ProviderHandshakeRequest()
    request.setEngineAddress(engineAddress)
    request.setConfigureWithUrn(true)
    const answer = await optional(
      call<typeof request, providerPb.ProviderHandshakeResponse>(
        (sent, done) => this.#client.handshake(sent, done),
        request
      )
    )
    this.#requests.wire = {
      secrets: answer?.getAcceptSecrets() ?? false,
      references: answer?.getAcceptResources() ?? false
    }
    const attach = new pluginPb.PluginAttach()
    attach.setAddress(engineAddress)
    await optional(call((sent, done) => this.#client.attach(sent, done), attach))
  }

  async checkConfig (urn: string, olds: Properties, news: Properties): Promise<CheckedInputs> {
    const request = this.#requests.check(urn, olds, news)
    const answer = await optional(
      call<typeof request, providerPb.CheckResponse>((sent, done) => this.#client.checkConfig(sent, done), request)
    )
    return answer === undefined ? { inputs: news, failures: [] } : checkedOf(answer)
  }

  /** What a changed configuration means. `undefined`: the provider can't tell. */
  async diffConfig (old: ExistingResource, news: Properties): Promise<InputDifference | undefined> {
    const request = this.#requests.diff(old, news, [])
    const answer = await optional(
      call<typeof request, providerPb.DiffResponse>((sent, done) => this.#client.diffConfig(sent, done), request)
    )
    return answer === undefined ? undefined : differenceOf(answer)
  }

  async configure (urn: string, id: string, inputs: Properties): Promise<void> {
    const answer = await call<providerPb.ConfigureRequest, providerPb.ConfigureResponse>(
      (sent, done) => this.#client.configure(sent, done),
      configureRequest(urn, id, inputs)
    )
    const { secrets, references } = this.#requests.wire
    this.#requests.wire = {
      secrets: secrets || answer.getAcceptsecrets(),
      references: references || answer.getAcceptresources()
    }
    this.#previews = answer.getSupportspreview()
  }

  /** `seed` makes the names a provider invents the same when a check is repeated. */
  async check (
    urn: string,
    { olds, news }: { olds: Properties | undefined, news: Properties },
    seed: Uint8Array
  ): Promise<CheckedInputs> {
    const request = this.#requests.check(urn, olds ?? {}, news)
    request.setRandomseed(seed)
    return checkedOf(
      await call<typeof request, providerPb.CheckResponse>((sent, done) => this.#client.check(sent, done), request)
    )
  }

  async diff (old: ExistingResource, news: Properties, ignoreChanges: readonly string[]): Promise<InputDifference> {
    const request = this.#requests.diff(old, news, ignoreChanges)
    return differenceOf(
      await call<typeof request, providerPb.DiffResponse>((sent, done) => this.#client.diff(sent, done), request)
    )
  }

  /** What a create would answer, as far as the provider can tell; without previews, the inputs. */
  async previewCreate (urn: string, inputs: Properties): Promise<Created> {
    if (!this.#previews) return { id: '', outputs: inputs }
    const answer = await this.#create(this.#requests.create(urn, inputs, { timeout: 0, preview: true }))
    return { id: answer.getId(), outputs: fromStruct(answer.getProperties()) }
  }

  async create (urn: string, inputs: Properties, timeout: number): Promise<Created> {
    const answer = await this.#create(this.#requests.create(urn, inputs, { timeout, preview: false }))
    if (answer.getId() === '') {
      throw new ProviderError(`plugin for package '${this.name}' returned empty resource.ID from create '${urn}'`)
    }
    return { id: answer.getId(), outputs: known(answer.getProperties(), urn) }
  }

  async #create (request: providerPb.CreateRequest): Promise<providerPb.CreateResponse> {
    return call<typeof request, providerPb.CreateResponse>((sent, done) => this.#client.create(sent, done), request)
  }

  async update (old: ExistingResource, news: Properties, options: UpdateOptions): Promise<Properties> {
    if (options.preview && !this.#previews) return news
    const request = this.#requests.update(old, news, options)
    const answer = await call<typeof request, providerPb.UpdateResponse>(
      (sent, done) => this.#client.update(sent, done),
      request
    )
    return options.preview ? fromStruct(answer.getProperties()) : known(answer.getProperties(), old.urn)
  }

  /** What exists: no id if the resource is gone, no inputs if the provider can't tell them. */
  async read (old: ExistingResource, timeout: number): Promise<Created & { inputs: Properties | undefined }> {
    const request = this.#requests.read(old, timeout)
    const answer = await call<typeof request, providerPb.ReadResponse>(
      (sent, done) => this.#client.read(sent, done),
      request
    )
    const inputs = answer.hasInputs() ? known(answer.getInputs(), old.urn) : undefined
    return { id: answer.getId(), outputs: known(answer.getProperties(), old.urn), inputs }
  }

  async delete (old: ExistingResource, timeout: number): Promise<void> {
    await call((sent, done) => this.#client.delete(sent, done), this.#requests.delete(old, timeout))
  }

  /** The answer as sent, for the program. */
  async invoke (token: string, args: Properties): Promise<providerPb.InvokeResponse> {
    const request = this.#requests.invoke(token, args)
    return call<typeof request, providerPb.InvokeResponse>((sent, done) => this.#client.invoke(sent, done), request)
  }

  /** Tells the provider that this instance is not needed any more; its process serves other instances too. */
  async cancel (): Promise<void> {
    await call((sent, done) => this.#client.cancel(sent, done), new EmptyMessage()).catch(() => {})
  }

  close (): void {
    this.#client.close()
  }

  async #ready (): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    this.#client.waitForReady(Date.now() + CONNECT_MILLISECONDS, (error) => {
      if (!error) return resolve(undefined)
      const plugin = `${this.name} (resource) plugin [${this.name}]`
      reject(new ProviderError(`${plugin} did not begin responding to RPC connections`))
    })
    await promise
  }
}

async function call<Q, A> (method: Unary<Q, A>, request: Q): Promise<A> {
  return new Promise<A>((resolve, reject) => {
    method(request, (error, answer) => error ? reject(providerError(error)) : resolve(answer))
  })
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

/** The outputs of a call that was no preview: every value must be known. */
function known (message: Parameters<typeof fromStruct>[0], urn: string): Properties {
  const outputs = fromStruct(message)
  if (containsUnknown(outputs)) throw new ProviderError(`the provider answered unknown outputs for '${urn}'`)
  return outputs
}

const checkedOf = (answer: providerPb.CheckResponse): CheckedInputs => ({
  inputs: fromStruct(answer.getInputs()),
  failures: answer.getFailuresList().map((failure) => ({
    property: failure.getProperty(),
    reason: failure.getReason()
  }))
})
