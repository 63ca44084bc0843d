import { setTimeout as delay } from 'node:timers/promises'
import type { OperationEvent } from '../../src/schemas/event.ts'
import type { Operation } from '../../src/schemas/operation.ts'
import type { Moment } from './plan.ts'
import { insist } from './requests.ts'
import type { KillableService } from './killable-service.ts'

// Each look reads /proc for every process there is.
const LOOK_MS = 40
const ASK_MS = 40

/**
 * How far an operation is: not answered yet, waiting for a worker, at work without an engine, with an engine that has
 * not reported a resource, with resources in progress, between its engine's end and its own (or another engine's
 * begin), ended.
 */
export const PHASES = ['request', 'queued', 'starting', 'engine', 'resources', 'ending', 'ended'] as const
export type Phase = typeof PHASES[number]

/** Looks on while an operation is asked for and run: at the processes, and through the API. */
export interface Watch {
  /** The request was answered: this is the operation. */
  follow (operationId: string): void
  /** Resolves at the moment, or when the operation has ended before it came. */
  until (moment: Moment): Promise<void>
  phase (): Phase
  stop (): Promise<void>
}

interface Seen {
  state: Operation['state'] | undefined
  /** Starts and ends of resources. */
  resources: number
  readonly engines: Set<number>
  engineRuns: boolean
}

const hasEnded = ({ state }: Seen): boolean => state === 'succeeded' || state === 'failed' || state === 'cancelled'

const COMES: Readonly<Record<Moment['after'], (seen: Seen, nth: number) => boolean>> = {
  request: () => true,
  restart: () => true,
  answer: ({ state }) => state !== undefined,
  engine: ({ engines }, nth) => engines.size >= nth,
  resource: ({ resources }, nth) => resources >= nth,
  'engine-end': ({ resources, engineRuns }) => resources > 0 && !engineRuns
}

export function watch (service: KillableService): Watch {
  const seen: Seen = { state: undefined, resources: 0, engines: new Set(), engineRuns: false }
  const over = new AbortController()
  const looking = repeat(LOOK_MS, over.signal, async () => {
    const { engine } = service.family()
    for (const pid of engine) seen.engines.add(pid)
    seen.engineRuns = engine.length > 0
  })
  let asking = Promise.resolve()
  return {
    follow (id) {
      seen.state = 'queued'
      asking = repeat(ASK_MS, over.signal, async () => ask(service, id, seen))
    },
    async until ({ after, nth, afterMs }) {
      while (!COMES[after](seen, nth) && !hasEnded(seen) && !over.signal.aborted) await delay(LOOK_MS)
      await delay(afterMs)
    },
    phase: () => phaseOf(seen),
    async stop () {
      over.abort()
      await Promise.all([looking, asking])
    }
  }
}

/** What is asked while the service is down has no answer, and is asked again later. */
async function repeat (ms: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => undefined)
    await delay(ms, undefined, { signal }).catch(() => undefined)
  }
}

async function ask (service: KillableService, id: string, seen: Seen): Promise<void> {
  const { items } = await insist<{ items: OperationEvent[] }>(service, {
    path: `/operations/${id}/events?limit=200`,
    patienceMs: 0
  })
  seen.resources = items.filter(({ event }) => event.type === 'resource').length
  const { state } = await insist<Operation>(service, { path: `/operations/${id}`, patienceMs: 0 })
  seen.state = state
}

function phaseOf (seen: Seen): Phase {
  if (seen.state === undefined) return 'request'
  if (hasEnded(seen)) return 'ended'
  if (seen.engineRuns) return seen.resources === 0 ? 'engine' : 'resources'
  if (seen.resources > 0) return 'ending'
  return seen.state === 'queued' ? 'queued' : 'starting'
}
