import { isDeepStrictEqual } from 'node:util'
import type { Environment } from '../../src/schemas/environment.ts'
import type { OperationEvent } from '../../src/schemas/event.ts'
import type { Operation } from '../../src/schemas/operation.ts'
import { insist } from './requests.ts'
import type { KillableService } from './killable-service.ts'
import { countTypes, readCloud, readStack } from './state.ts'

/** Which state may follow which; an operation begins `queued`, which no event says. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  queued: ['running', 'cancelled'],
  running: ['running', 'queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: []
}

/** What is wrong with the events of an operation. */
export function checkEvents (operation: Operation, events: readonly OperationEvent[]): string[] {
  const wrong: string[] = []
  if (!events.every(({ id }, index) => id === index + 1)) {
    wrong.push(`the events are numbered ${events.map(({ id }) => id).join(' ')}`)
  }
  if (events.some(({ at }, index) => at < (events[index - 1]?.at ?? ''))) {
    wrong.push('an event is older than the one before')
  }
  const states = events.map(({ event }) => event).filter((event) => event.type === 'state')
  const logged = states.map(({ state, attempt }) => `${state} ${attempt}`).join(', ')
  let last = { state: 'queued', attempt: 0 }
  for (const { state, attempt } of states) {
    const isRight =
      NEXT[last.state]?.includes(state) === true && attempt === last.attempt + (state === 'running' ? 1 : 0)
    if (!isRight) wrong.push(`the states do not follow from each other: ${logged}`)
    last = { state, attempt }
  }
  const final = events.at(-1)?.event
  if (final?.type !== 'state' || final.state !== operation.state) {
    wrong.push(`it is ${operation.state} and its events end with ${JSON.stringify(final)}`)
  }
  if (last.attempt !== operation.attempt) wrong.push(`it is at attempt ${operation.attempt}, its events say ${logged}`)
  return wrong
}

/** All events of an operation, page by page. */
export async function eventsOf (service: KillableService, id: string): Promise<OperationEvent[]> {
  const events: OperationEvent[] = []
  for (let next: string | null = '0'; next !== null;) {
    const page: { items: OperationEvent[], next: string | null } = await insist(service, {
      path: `/operations/${id}/events?limit=200&after=${next}`
    })
    events.push(...page.items)
    next = page.items.length === 0 ? null : page.next
  }
  return events
}

/** What is wrong with an operation that a kill must not have harmed. */
export function checkEnd ({ state, error }: Operation): string[] {
  return state === 'succeeded' ? [] : [`it ended ${state}: ${error?.code ?? ''} ${error?.detail ?? ''}`]
}

/**
 * What is wrong with an environment that is ready. `types` are how many resources of each type an undisturbed one has.
 */
export async function checkReady (
  service: KillableService,
  environment: Environment,
  expected: { spec: object, generation: number, types: ReadonlyMap<string, number> }
): Promise<string[]> {
  const { id, phase, generation, observedGeneration, spec, outputs } = environment
  const [stack, cloud] = [await readStack(service, id), await readCloud(service)]
  const types = countTypes(cloud)
  return [
    ...stack.faults,
    ...(phase === 'ready' && generation === expected.generation && observedGeneration === generation
      ? []
      : [
          `it is ${phase}, generation ${generation}, observed ${observedGeneration}; ` +
          `asked for was ${expected.generation}`
        ]),
    ...(isDeepStrictEqual(spec, expected.spec)
      ? []
      : [`its spec is ${JSON.stringify(spec)}; asked for was ${JSON.stringify(expected.spec)}`]),
    ...(outputs === null ? ['it has no outputs'] : []),
    ...differences(stack.resources, cloud),
    ...[...types]
      .filter(([type, count]) => expected.types.size > 0 && expected.types.get(type) !== count)
      .map(([type, count]) => `${count} of ${type} instead of ${expected.types.get(type) ?? 0}`)
  ]
}

/** What is wrong with an environment that is gone, and was the only one. */
export async function checkGone (service: KillableService, { id, phase }: Environment): Promise<string[]> {
  const [stack, cloud] = [await readStack(service, id), await readCloud(service)]
  return [
    ...stack.faults,
    ...(phase === 'deleted' ? [] : [`it is ${phase} and not deleted`]),
    ...(stack.exists ? ['its state stays'] : []),
    ...cloud.map((resource) => `${resource} stays in the account`)
  ]
}

function differences (state: readonly string[], cloud: readonly string[]): string[] {
  return [
    ...cloud
      .filter((resource) => !state.includes(resource))
      .map((resource) => `${resource} is in the account and not in the state`),
    ...state
      .filter((resource) => !cloud.includes(resource))
      .map((resource) => `${resource} is in the state and not in the account`),
    ...state
      .filter((resource, index) => state.indexOf(resource) !== index)
      .map((resource) => `${resource} is in the state twice`)
  ]
}

/** Whether the environment's history is what was accepted, and nothing else. */
export async function checkHistory (
  service: KillableService,
  id: string,
  accepted: ReadonlyArray<Operation['kind']>
): Promise<string[]> {
  const { items } = await insist<{ items: Operation[] }>(service, { path: `/environments/${id}/operations?limit=200` })
  const kinds = items
    .map(({ kind }) => kind)
    .filter((kind) => kind !== 'preview' && kind !== 'drift-check')
    .reverse()
  return isDeepStrictEqual(kinds, accepted)
    ? []
    : [`its history is ${kinds.join(', ')}; accepted were ${accepted.join(', ')}`]
}
