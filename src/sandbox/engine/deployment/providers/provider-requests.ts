import providerPb from '@pulumi/pulumi/proto/provider_pb.js'
import { StructMessage } from '../../protocol.ts'
import { resourceNameOf, typeOf } from '../../urn.ts'
import type { Properties } from '../../values/value.ts'
import { toWireObject, type WireOptions } from '../../values/wire.ts'
import type { ExistingResource, UpdateOptions } from './provider-calls.ts'

interface AddressedRequest {
  setUrn (urn: string): unknown
  setName (name: string): unknown
  setType (type: string): unknown
}

/** Builds the requests to one provider, whose properties take the form that the provider accepts. */
export class ProviderRequests {
  wire: WireOptions = { secrets: false, references: false }

  check (urn: string, olds: Properties, news: Properties): providerPb.CheckRequest {
    const request = addressed(new providerPb.CheckRequest(), urn)
    request.setOlds(this.#struct(olds))
    request.setNews(this.#struct(news))
    return request
  }

  diff (old: ExistingResource, news: Properties, ignoreChanges: readonly string[]): providerPb.DiffRequest {
    const request = this.#existing(new providerPb.DiffRequest(), old)
    request.setOlds(this.#struct(old.outputs))
    request.setOldInputs(this.#struct(old.inputs))
    request.setNews(this.#struct(news))
    request.setIgnorechangesList([...ignoreChanges])
    return request
  }

  create (
    urn: string,
    inputs: Properties,
    { timeout, preview }: { timeout: number, preview: boolean }
  ): providerPb.CreateRequest {
    const request = addressed(new providerPb.CreateRequest(), urn)
    request.setProperties(this.#struct(inputs))
    request.setTimeout(timeout)
    request.setPreview(preview)
    return request
  }

  update (old: ExistingResource, news: Properties, options: UpdateOptions): providerPb.UpdateRequest {
    const request = this.#existing(new providerPb.UpdateRequest(), old)
    request.setOlds(this.#struct(old.outputs))
    request.setOldInputs(this.#struct(old.inputs))
    request.setNews(this.#struct(news))
    request.setTimeout(options.timeout)
    request.setIgnorechangesList([...options.ignoreChanges])
    request.setPreview(options.preview)
    return request
  }

  read (old: ExistingResource, timeout: number): providerPb.ReadRequest {
    const request = this.#existing(new providerPb.ReadRequest(), old)
    request.setProperties(this.#struct(old.outputs))
    request.setInputs(this.#struct(old.inputs))
    request.setTimeout(timeout)
    return request
  }

  delete (old: ExistingResource, timeout: number): providerPb.DeleteRequest {
    const request = this.#existing(new providerPb.DeleteRequest(), old)
    request.setProperties(this.#struct(old.outputs))
    request.setOldInputs(this.#struct(old.inputs))
    request.setTimeout(timeout)
    return request
  }

  invoke (token: string, args: Properties): providerPb.InvokeRequest {
    const request = new providerPb.InvokeRequest()
    request.setTok(token)
    request.setArgs(this.#struct(args))
    return request
  }

  #existing<R extends AddressedRequest & { setId (id: string): unknown }> (request: R, old: ExistingResource): R {
    request.setId(old.id)
    return addressed(request, old.urn)
  }

  #struct (properties: Properties): InstanceType<typeof StructMessage> {
    return StructMessage.fromJavaScript(toWireObject(properties, this.wire))
  }
}

/** A configuration has secrets and references as such: how the provider answers says whether other requests may. */
export function configureRequest (urn: string, id: string, inputs: Properties): providerPb.ConfigureRequest {
  const request = addressed(new providerPb.ConfigureRequest(), urn)
  request.setArgs(StructMessage.fromJavaScript(toWireObject(inputs, { secrets: true, references: true })))
  request.setAcceptsecrets(true)
  request.setAcceptresources(true)
  request.setSendsOldInputs(true)
  request.setSendsOldInputsToDelete(true)
  request.setId(id)
  return request
}

function addressed<R extends AddressedRequest> (request: R, urn: string): R {
  request.setUrn(urn)
  request.setName(resourceNameOf(urn))
  request.setType(typeOf(urn))
  return request
}
