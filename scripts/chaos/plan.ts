import type { Random } from './random.ts'
import type { Part } from './processes.ts'

/** Who is killed together. The cloud is not among them: AWS stays. */
export const VICTIMS = {
  service: ['service'],
  runner: ['runner'],
  engine: ['engine'],
  'service and runner': ['service', 'runner'],
  'service and engine': ['service', 'engine'],
  all: ['service', 'runner', 'engine']
} as const satisfies Record<string, readonly Part[]>
export type Victim = keyof typeof VICTIMS

/**
 * When somebody is killed: `afterMs` after the request was sent (it may not be answered yet), after it was answered,
 * after the `nth` engine process of the operation began, after its `nth` event of a resource, after its last engine is
 * gone (the end is being stored), or after the service was started again.
 */
export interface Moment {
  readonly after: 'request' | 'answer' | 'engine' | 'resource' | 'engine-end' | 'restart'
  readonly nth: number
  readonly afterMs: number
}

export interface Kill {
  readonly victim: Victim
  readonly moment: Moment
  /** The service, started again, is killed so long after it began to start. */
  readonly startAfterMs?: number
}

/** One request and whom to kill meanwhile. */
export interface Step {
  readonly kind: 'create' | 'update' | 'delete'
  /** Of an update: the merge patch. */
  readonly patch?: object
  readonly what: string
  readonly kills: readonly Kill[]
}

const EVERYBODY = Object.keys(VICTIMS) as Victim[]
/** Where no engine runs, a kill of the engine would kill nothing. */
const WITHOUT_ENGINE = EVERYBODY.filter((victim) => victim !== 'engine')
const AGAIN_PERCENT = 25
const START_PERCENT = 15
/** A create tells of about 40 starts and ends of resources; beyond what an operation has, the end of it is met. */
const EVENTS = { create: 44, update: 12, delete: 44 }

/**
 * The lifecycle of an environment: made, changed some times, deleted; somebody is killed in each step, often in its
 * recovery again.
 */
export function planLifecycle (random: Random): Step[] {
  const chosen = Array.from({ length: 1 + random.below(3) }, () => random.oneOf(CHANGES))
  const changes = chosen.map((change, at) => change(chosen.slice(0, at).filter((each) => each === change).length))
  const steps: Array<Omit<Step, 'kills'>> = [
    { kind: 'create', what: 'create' },
    ...changes.map((change) => ({ kind: 'update' as const, ...change })),
    { kind: 'delete', what: 'delete' }
  ]
  return steps.map((step) => ({ ...step, kills: killsDuring(step.kind, random) }))
}

/** The nth change of its sort in a lifecycle, which differs from the spec of before. */
type Change = (nth: number) => { readonly what: string, readonly patch: object }

const CHANGES: readonly Change[] = [
  (nth) => ({
    what: 'in place',
    patch: { compute: { default: { maxVcpus: 110 + nth } }, labels: { change: String(nth) } }
  }),
  (nth) => ({ what: 'replace', patch: { compute: { default: { type: nth % 2 === 0 ? 'FARGATE' : 'FARGATE_SPOT' } } } }),
  (nth) => ({ what: 'service', patch: { service: { cpu: 512, memoryMiB: 1024 + 1024 * nth, desiredCount: 1 + nth } } }),
  (nth) => ({
    what: 'revision',
    patch: { jobs: { default: { attempts: 4 + nth, environment: { CHANGE: String(nth) } } } }
  })
]

function killsDuring (kind: Step['kind'], random: Random): Kill[] {
  const first = killAt(momentOf(kind, random), random)
  return random.chance(AGAIN_PERCENT)
    ? [first, killAt({ after: 'restart', nth: 1, afterMs: random.below(2_500) }, random)]
    : [first]
}

function killAt (moment: Moment, random: Random): Kill {
  const engineRuns = moment.after === 'engine' || moment.after === 'resource'
  const victim = random.oneOf(engineRuns ? EVERYBODY : WITHOUT_ENGINE)
  const isStarted = VICTIMS[victim].some((part) => part === 'service')
  return { moment, victim, ...(isStarted && random.chance(START_PERCENT) && { startAfterMs: random.below(3_000) }) }
}

function momentOf (kind: Step['kind'], random: Random): Moment {
  const after = random.oneOf(['request', 'answer', 'engine', 'resource', 'resource', 'resource', 'engine-end'] as const)
  switch (after) {
    case 'request': return { after, nth: 1, afterMs: random.below(30) }
    case 'answer': return { after, nth: 1, afterMs: random.below(300) }
    case 'engine': return { after, nth: 1 + random.below(2), afterMs: random.below(400) }
    case 'resource': return { after, nth: 1 + random.below(EVENTS[kind]), afterMs: random.below(200) }
    case 'engine-end': return { after, nth: 1, afterMs: random.below(60) }
  }
}
