import { createRequire } from 'node:module'
import type * as messages from '@pulumi/pulumi/proto/provider_pb.js'
import type * as pluginMessages from '@pulumi/pulumi/proto/plugin_pb.js'
import { AwsProviderError } from '../model/errors.ts'
import type { CheckFailure, AwsResourceType } from '../model/types.ts'
import { withoutIgnored } from '../model/tags.ts'
import { resourceTypes } from '../services/index.ts'
import { hasUnknown, isProps, UNKNOWN, type Props, type Value } from '../values.ts'
import { Empty, receive, send } from '../wire.ts'
import type { Item } from '../world/item.ts'
import type { World } from '../world/world.ts'
import { checkInputs, DEFAULTS } from './check.ts'
import { checkConfiguration, configure } from './configuration.ts'
import { difference, type ResourceDifference } from './diff.ts'
import { runFunction } from './invoke-call.ts'
import { createResource, deleteResource, readResource, updateResource, type Request } from './lifecycle.ts'
import type { Sessions } from './sessions.ts'

const load = createRequire(import.meta.url)
const pb = load('@pulumi/pulumi/proto/provider_pb.js') as typeof messages
const plugin = load('@pulumi/pulumi/proto/plugin_pb.js') as typeof pluginMessages

/** The version of the provider whose arguments and texts are simulated. */
const PROVIDER_VERSION = '7.48.0'

/** One call: its connection, and whether the caller is still there. */
export interface ProviderContext {
  world: World
  sessions: Sessions
  peer: string
  ending: AbortSignal
  gone: AbortSignal
}

export function handshake (): messages.ProviderHandshakeResponse {
  return new pb.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true).setAcceptOutputs(false)
    .setSupportsAutonamingConfiguration(true)
}

export function pluginInfo (): pluginMessages.PluginInfo {
  return new plugin.PluginInfo().setVersion(PROVIDER_VERSION)
}

export function checkConfig (request: messages.CheckRequest): messages.CheckResponse {
  const { props, secrets } = receive(request.getNews())
  return checkResponse(props, secrets, located('aws', checkConfiguration(props)))
}

/** A provider whose region changes is another provider. */
export function diffConfig (request: messages.DiffRequest): messages.DiffResponse {
  const olds = receive(request.getOlds()).props
  const news = receive(request.getNews()).props
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => key !== 'version')
  const diffs = keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]))
  return new pb.DiffResponse()
    .setChanges(diffs.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE)
    .setDiffsList(diffs)
    .setReplacesList(diffs.filter((key) => key === 'region'))
}

export function configureProvider (
  request: messages.ConfigureRequest,
  context: ProviderContext
): messages.ConfigureResponse {
  context.sessions.configure(context.peer, configure(receive(request.getArgs()).props))
  return new pb.ConfigureResponse()
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setAcceptoutputs(false)
    .setSupportspreview(true)
    .setSupportsAutonamingConfiguration(true)
}

export function check (request: messages.CheckRequest, context: ProviderContext): messages.CheckResponse {
  const type = typeOf(request.getUrn())
  const news = receive(request.getNews())
  const auto = request.getAutonaming()
  const { inputs, failures } = checkInputs(
    {
      type,
      name: nameIn(request.getUrn()),
      olds: receive(request.getOlds()).props,
      news: news.props,
      seed: request.getRandomseed_asU8(),
      ...(auto && {
        autonaming: {
          proposed: auto.getProposedName(),
          disabled: auto.getMode() === pb.CheckRequest.AutonamingOptions.Mode.DISABLE
        }
      })
    },
    context.sessions.caller(context.peer)
  )
  return checkResponse(inputs, news.secrets, located(nameIn(request.getUrn()), failures))
}

/** As the bridge does, the reason says where: the engine would print the whole value of a property that is named. */
function located (name: string, failures: CheckFailure[]): CheckFailure[] {
  return failures.map(({ path, reason }) => ({ path: '', reason: `${reason}. Examine values at '${name}.${path}'.` }))
}

function checkResponse (inputs: Props, secrets: Set<string>, failures: CheckFailure[]): messages.CheckResponse {
  const encoded = failures.map(({ path, reason }) => new pb.CheckFailure().setProperty(path).setReason(reason))
  return new pb.CheckResponse().setInputs(send(inputs, secrets)).setFailuresList(encoded)
}

export function diff (request: messages.DiffRequest, context: ProviderContext): messages.DiffResponse {
  const type = typeOf(request.getUrn())
  const { ignoredTags } = context.sessions.caller(context.peer)
  const [olds, news] = [request.getOlds(), request.getNews()].map((props) =>
    withoutIgnored(receive(props).props, ignoredTags)
  )
  const found = difference(type, { before: olds ?? {}, after: news ?? {} }, request.getIgnorechangesList())
  const response = new pb.DiffResponse()
    .setChanges(
      found.changes.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE
    )
    .setDiffsList(found.diffs)
    .setReplacesList(found.replaces)
    .setDeletebeforereplace(found.deleteBeforeReplace)
    .setHasdetaileddiff(found.changes.length > 0)
  addDetails(response, found)
  return response
}

function addDetails (response: messages.DiffResponse, found: ResourceDifference): void {
  const { Kind } = pb.PropertyDiff
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE]
  } as const
  const details = response.getDetaileddiffMap()
  for (const { path, kind, replaces } of found.changes) {
    details.set(path, new pb.PropertyDiff().setKind(kinds[kind][replaces ? 1 : 0]))
  }
}

export async function create (
  request: messages.CreateRequest,
  context: ProviderContext
): Promise<messages.CreateResponse> {
  const type = typeOf(request.getUrn())
  const { props, secrets } = receive(request.getProperties())
  if (request.getPreview()) return new pb.CreateResponse().setProperties(send(foresee(type, {}, props), secrets))
  const item = await createResource(requestFor(type, context), props)
  return new pb.CreateResponse().setId(item.id).setProperties(send(outputsOf(item, context), secrets))
}

export async function update (
  request: messages.UpdateRequest,
  context: ProviderContext
): Promise<messages.UpdateResponse> {
  const type = typeOf(request.getUrn())
  const olds = receive(request.getOlds()).props
  const { props, secrets } = receive(request.getNews())
  if (request.getPreview()) return new pb.UpdateResponse().setProperties(send(foresee(type, olds, props), secrets))
  const item = await updateResource(requestFor(type, context), request.getId(), { olds, inputs: props })
  return new pb.UpdateResponse().setProperties(send(outputsOf(item, context), secrets))
}

/** What can be said of a resource before it is there: its arguments, what it keeps, and unknowns for the rest. */
function foresee (type: AwsResourceType, olds: Props, inputs: Props): Props {
  const { [DEFAULTS]: _chosen, ...given } = inputs
  const filledIn = Object.entries(type.fields).filter(([, field]) => field.computed).map(([key]) => key)
  const unknown = [...type.computed, ...filledIn].map((key): [string, Value] => [key, olds[key] ?? UNKNOWN])
  const fresh = type.update ? type.computed.map((key): [string, Value] => [key, UNKNOWN]) : []
  return { ...Object.fromEntries(unknown), ...Object.fromEntries(fresh), ...given }
}

export async function remove (
  request: messages.DeleteRequest,
  context: ProviderContext
): Promise<typeof Empty.prototype> {
  const type = typeOf(request.getUrn())
  await deleteResource(requestFor(type, context), request.getId(), receive(request.getProperties()).props)
  return new Empty()
}

/** A resource that is gone is answered with an empty id. Arguments follow what is really there, so drift shows. */
export async function read (request: messages.ReadRequest, context: ProviderContext): Promise<messages.ReadResponse> {
  const type = typeOf(request.getUrn())
  const state = receive(request.getProperties())
  const inputs = receive(request.getInputs())
  const item = await readResource(requestFor(type, context), request.getId(), state.props)
  if (!item) return new pb.ReadResponse()
  return new pb.ReadResponse().setId(request.getId())
    .setProperties(send(outputsOf(item, context), state.secrets))
    .setInputs(send(inputsFrom(type, inputs.props, outputsOf(item, context)), inputs.secrets))
}

function inputsFrom (type: AwsResourceType, before: Props, actual: Props): Props {
  const imported = Object.keys(before).length === 0
  const keys = Object.keys(type.fields).filter((key) => key in actual && (imported || key in before || key === 'tags'))
  const chosen = before[DEFAULTS]
  return {
    [DEFAULTS]: Array.isArray(chosen) ? chosen : [],
    ...Object.fromEntries(keys.map((key) => [key, narrow(actual[key] ?? null, before[key])]))
  }
}

/** Of nested blocks only the arguments that were given: what AWS added to them is no change of the program's. */
function narrow (actual: Value, given: Value | undefined): Value {
  if (!isProps(actual) || !isProps(given)) return actual
  return Object.fromEntries(Object.entries(actual).map(([key, value]) => [key, narrow(value, given[key])]))
}

export async function invoke (
  request: messages.InvokeRequest,
  context: ProviderContext
): Promise<messages.InvokeResponse> {
  const { props, secrets } = receive(request.getArgs())
  const caller = context.sessions.caller(context.peer)
  if (hasUnknown(props)) return new pb.InvokeResponse().setReturn(send({}))
  const result = await runFunction({
    token: request.getTok(),
    args: props,
    caller,
    world: context.world,
    gone: context.gone
  })
  return new pb.InvokeResponse().setReturn(send(result, secrets))
}

/** Bridged creates do not listen to Cancel: they finish. So does everything here. */
export function cancel (): typeof Empty.prototype {
  return new Empty()
}

function requestFor (type: AwsResourceType, context: ProviderContext): Request {
  return {
    type,
    caller: context.sessions.caller(context.peer),
    world: context.world,
    ending: context.ending,
    gone: context.gone
  }
}

function outputsOf (item: Item, { sessions, peer }: ProviderContext): Props {
  return { ...withoutIgnored(item.props, sessions.caller(peer).ignoredTags), id: item.id }
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` */
function typeOf (urn: string): AwsResourceType {
  const token = urn.split('::')[2]?.split('$').at(-1) ?? ''
  const type = resourceTypes.get(token)
  if (!type) throw new AwsProviderError(`the sandbox does not simulate the resource type ${token}`)
  return type
}

function nameIn (urn: string): string {
  return urn.split('::').slice(3).join('::')
}
