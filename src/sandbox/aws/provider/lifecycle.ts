import { matchFaults, waitUnlessAborted, applyFaults, type Target } from '../faults.ts'
import { ApiError, AwsProviderError, sdkText, WaitError } from '../model/errors.ts'
import type { Call, AwsCaller, Draft, AwsResourceType } from '../model/types.ts'
import { keepIgnored } from '../model/tags.ts'
import { textProperty, type Props } from '../values.ts'
import type { Item } from '../world/item.ts'
import type { World } from '../world/world.ts'
import { callFor, keyFor, locate } from './call.ts'
import { DEFAULTS } from './check.ts'

/** What every operation needs to know of its request. */
export interface Request {
  type: AwsResourceType
  caller: AwsCaller
  world: World
  /** Aborted when the process ends: waiting stops, and the next start of the cloud finishes what was begun. */
  ending: AbortSignal
  /** Aborted also when the caller goes away; only scripted hangs end with it. */
  gone: AbortSignal
}

/** The resource exists and is not usable: the engine keeps it in the state, and reports the failure. */
export class CreatedUnusable extends Error {
  readonly item: Item
  constructor (item: Item, message: string) {
    super(message)
    this.name = 'CreatedUnusable'
    this.item = item
  }
}

/** Deletions in flight per resource: a second one waits for the first instead of failing. */
const inFlight = new WeakMap<World, Map<string, Promise<void>>>()

/** Creates a resource; resolves when it is usable, as the provider's waiters do. Durable before it resolves. */
export async function createResource (request: Request, inputs: Props): Promise<Item> {
  const { type, world } = request
  const call = callFor(request, inputs)
  const name = nameOf(type, inputs)
  return asProvider({ type, verb: 'create', name }, async () => {
    const faults = matchFaults(world, target(request, 'create', name))
    await applyFaults(faults, 'request', request)
    type.validate?.(inputs, call)
    const item = begin(type, inputs, call)
    const hide = faults.find((fault) => fault.kind === 'hide')
    await world.settled()
    await elapse(request, type.seconds.create)
    const ready = finishCreate(type, item.key, world)
    if (hide) {
      world.put({
        ...ready,
        hidden: hide.reads ? { reads: hide.reads } : { until: Date.now() + (hide.seconds ?? 1) * 1000 }
      })
    }
    await world.settled()
    await applyFaults(faults, 'response', request)
    refuseUnusable(type, ready)
    return ready
  })
}

/** Puts the resource into the world. From here on it exists, also when the caller goes away. */
function begin (type: AwsResourceType, inputs: Props, call: Call): Item {
  const draft = type.draft(inputs, call)
  const key = keyFor(type, call, draft.identity ?? draft.id)
  const holder = call.world.items.get(key)
  if (holder && !type.createIsUpsert) {
    throw (
      type.conflictError?.(draft, holder, call) ??
      new ApiError('EntityAlreadyExists', `${draft.name} already exists.`, 409)
    )
  }
  const item = newItem(type, draft, { inputs, call, key })
  call.world.put(holder ? { ...holder, props: item.props } : item)
  return call.world.items.get(key) ?? item
}

function newItem (type: AwsResourceType, draft: Draft, at: { inputs: Props, call: Call, key: string }): Item {
  return {
    key: at.key,
    type: type.token,
    id: draft.id,
    account: at.call.account,
    region: at.call.region,
    name: draft.name,
    status: 'creating',
    createdAt: at.call.now,
    serial: at.call.world.next('serial'),
    props: { ...withDefaults(type, at.inputs), ...draft.props },
    internalState: draft.internalState ?? {}
  }
}

function withDefaults (type: AwsResourceType, inputs: Props): Props {
  const { [DEFAULTS]: _chosen, ...given } = inputs
  if (!type.fields['tagsAll']) return given
  return { ...given, tagsAll: given['tagsAll'] ?? {} }
}

/** Ends a creation, also one that the end of the process interrupted. */
export function finishCreate (type: AwsResourceType, key: string, world: World): Item {
  const item = world.items.get(key)
  if (!item) {
    throw new AwsProviderError(
      `couldn't find resource: ${key.split('|').at(-1) ?? key} was deleted while it was being created`
    )
  }
  const ready: Item = { ...item, status: 'active', props: { ...item.props } }
  type.settle?.(ready, world)
  world.put(ready)
  return ready
}

function refuseUnusable (type: AwsResourceType, item: Item): void {
  try {
    type.usable?.(item, 'create')
  } catch (error) {
    if (error instanceof WaitError) throw new CreatedUnusable(item, error.message)
    throw error
  }
}

/** Updates in place. Resolves with the resource to report: a new revision is another resource than the old. */
export async function updateResource (
  request: Request,
  id: string,
  { olds, inputs }: { olds: Props, inputs: Props }
): Promise<Item> {
  const { type, world } = request
  const call = callFor(request, olds)
  const name = nameOf(type, inputs)
  return asProvider({ type, verb: 'update', name }, async () => {
    const faults = matchFaults(world, target(request, 'update', name))
    await applyFaults(faults, 'request', request)
    const item = locate(type, { id, props: olds }, call)
    if (!item) throw new ApiError('ResourceNotFoundException', `${type.label} ${id} does not exist`, 404)
    refuseBusy(type, item)
    type.validate?.(inputs, call, item)
    const next = type.update?.(item, withDefaults(type, inputs), call) ?? {
      ...item,
      props: keepIgnored(item.props, overwrite(type, item.props, inputs), request.caller.ignoredTags)
    }
    world.put({ ...next, status: 'updating' })
    await world.settled()
    await elapse(request, type.seconds.update)
    const ready = finishCreate(type, next.key, world)
    await world.settled()
    await applyFaults(faults, 'response', request)
    type.usable?.(ready, 'update')
    return ready
  })
}

/** New arguments replace old ones; what is no longer given goes, unless AWS computes it. */
function overwrite (type: AwsResourceType, before: Props, inputs: Props): Props {
  const kept = Object.entries(before).filter(([key]) => {
    const field = type.fields[key]
    return field === undefined || field.computed === true || key === 'tagsAll'
  })
  return { ...Object.fromEntries(kept), ...withDefaults(type, inputs) }
}

/** Deletes; what is already gone is no error, as the provider has it. */
export async function deleteResource (request: Request, id: string, olds: Props): Promise<void> {
  const { type, world } = request
  const call = callFor(request, olds)
  const name = textProperty(olds, 'name') || id
  await asProvider({ type, verb: 'delete', name }, async () => {
    const faults = matchFaults(world, target(request, 'delete', name))
    await applyFaults(faults, 'request', request)
    const item = locate(type, { id, props: olds }, call)
    if (item) await shared(world, item.key, async () => remove(request, item, call))
    await applyFaults(faults, 'response', request)
  })
}

async function remove (request: Request, item: Item, call: Call): Promise<void> {
  const { type, world } = request
  refuseBusy(type, item)
  type.refuseDelete?.(item, call)
  world.put({ ...item, props: { ...item.props, ...type.deletingProps }, status: 'deleting' })
  await world.settled()
  await elapse(request, type.seconds.delete)
  tearDown(type, item, world)
  finishDelete(type, item, world)
  await world.settled()
}

function tearDown (type: AwsResourceType, item: Item, world: World): void {
  const left: Item = { ...item, status: 'active', props: { ...item.props } }
  try {
    type.teardown?.(left, world)
  } catch (error) {
    world.put(left)
    throw error
  }
}

/** Ends a deletion, also one that the end of the process interrupted. */
export function finishDelete (type: AwsResourceType, item: Item, world: World): void {
  world.drop(item.key)
  type.removed?.(item, world)
}

/** Refuses a change during another, where the service carries out one after the other. */
function refuseBusy (type: AwsResourceType, item: Item): void {
  if (type.busyError && (item.status === 'creating' || item.status === 'updating')) throw type.busyError()
}

async function shared (world: World, key: string, work: () => Promise<void>): Promise<void> {
  const running = inFlight.get(world) ?? new Map<string, Promise<void>>()
  inFlight.set(world, running)
  const promise = running.get(key) ?? work().finally(() => running.delete(key))
  running.set(key, promise)
  await promise
}

/** Reads a resource; undefined when it is gone or not visible yet. */
export async function readResource (request: Request, id: string, props: Props): Promise<Item | undefined> {
  const { type, world } = request
  const call = callFor(request, props)
  return asProvider({ type, verb: 'read', name: id }, async () => {
    const faults = matchFaults(world, target(request, 'read', id))
    await applyFaults(faults, 'request', request)
    await world.settled()
    const item = locate(type, { id, props }, call)
    return item && reveal(item, world) ? item : undefined
  })
}

/** Whether a read sees the resource. Reads that do not are counted: after some of them it is visible. */
function reveal (item: Item, world: World): boolean {
  if (!item.hidden) return true
  const { hidden, ...visible } = item
  const left = 'reads' in hidden ? hidden.reads : hidden.until - Date.now()
  if (left <= 0) {
    world.put(visible)
    return true
  }
  if ('reads' in hidden) world.put({ ...visible, hidden: { reads: hidden.reads - 1 } })
  return false
}

function target (request: Request, on: Target['on'], name: string): Target {
  return { on, type: request.type.token, account: request.caller.account, name, signal: request.gone }
}

/** Waits as long as AWS would; when the process ends meanwhile, the call fails and the next start finishes the work. */
async function elapse (request: Request, seconds: number): Promise<void> {
  await waitUnlessAborted(seconds * 1000 * request.world.speed, request.ending)
  if (request.ending.aborted) {
    throw new AwsProviderError('the sandbox AWS is shutting down; what was begun will be finished when it starts again')
  }
}

function nameOf (type: AwsResourceType, inputs: Props): string {
  return textProperty(inputs, type.nameField ?? type.autoName?.field ?? 'name')
}

const GERUND = { create: 'creating', update: 'updating', delete: 'deleting', read: 'reading' } as const

/** Words an error as the provider does: what it was doing, to what, and the SDK's text of AWS's answer. */
async function asProvider<T> (
  { type, verb, name }: { type: AwsResourceType, verb: keyof typeof GERUND, name: string },
  work: () => Promise<T>
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const subject = name === '' ? type.label : `${type.label} (${name})`
    throw new AwsProviderError(`${GERUND[verb]} ${subject}: ${sdkText(type.service, type.calls[verb], error)}`)
  }
}
