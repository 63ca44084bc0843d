import type { STSClientConfig } from '@aws-sdk/client-sts'
import { countEntries, empty } from './buckets.ts'
import { countActive, drainQueues, setQueues } from './jobs.ts'
import { VISIBLE_SECONDS, locateOne } from './locate.ts'
import { openSession, type Session, type AwsSessionSettings } from './session.ts'
import { listTagged } from './tagged.ts'
import { translated } from './translate.ts'
import type { Cloud, AwsTarget } from './types.ts'

/** Where the calls go when not to AWS, and who makes them there. */
export interface Simulation {
  /** Asked before every call: its port changes. */
  readonly endpoint: () => Promise<string>
  readonly credentials: NonNullable<STSClientConfig['credentials']>
  /** How long what was just made may not be seen there; at once by default. */
  readonly visibleSeconds?: number
}

export interface ClosableCloud extends Cloud {
  /** Lets go of connections. Idempotent. */
  close (): Promise<void>
}

/**
 * With the SDK's waits of 0.5, 1, 2 and 4 seconds at most in between; after that the operation itself is tried again,
 * later.
 */
const ATTEMPTS = 5
const CONNECT_MS = 5_000
const ANSWER_MS = 20_000
/** Sites whose clients are kept. One costs no more than its objects: connections are shared by all. */
const MAX_SESSIONS = 100

/**
 * AWS as the operations need it: on AWS itself with the SDK's default credentials, or on a simulation of it. The SDK is
 * loaded by the first call (60 ms and 12 MB at least, 200 ms and 50 MB for EC2), so a process that makes none does not
 * pay.
 */
export function createCloud (simulation?: Simulation): ClosableCloud {
  let settings: Promise<AwsSessionSettings> | undefined
  const sessionAt = keepSessions(async () => (settings ??= settingsFor(simulation)))
  const visibleSeconds = simulation ? simulation.visibleSeconds ?? 0 : VISIBLE_SECONDS
  const at = async <T>(target: AwsTarget, work: (session: Session) => Promise<T>): Promise<T> =>
    translated(sessionAt(target).then(work))
  return {
    locate: (target, environmentId, wanted) =>
      at(target, async (session) => {
        const query = { session, environmentId, visibleSeconds }
        const ids = await Promise.all(wanted.map(async (each) => [each.urn, await locateOne(query, each)] as const))
        return new Map(ids.filter((entry): entry is readonly [string, string] => entry[1] !== undefined))
      }),
    tagged: (target, environmentId) => at(target, async (session) => listTagged(session, environmentId)),
    countObjects: (target, bucket, limit) =>
      at(target, async (session) => countEntries(await session.s3(), bucket, limit)),
    emptyBucket: (target, bucket, signal) => at(target, async (session) => empty(await session.s3(), bucket, signal)),
    activeJobs: (target, queueArns) => at(target, async (session) => countActive(await session.batch(), queueArns)),
    setQueues: (target, queueArns, change) =>
      at(target, async (session) => setQueues(await session.batch(), queueArns, change)),
    drain: (target, queueArns, options) =>
      at(target, async (session) => drainQueues(await session.batch(), queueArns, options)),
    close: async () => {
      ;(await settings)?.requestHandler.destroy()
    }
  }
}

async function settingsFor (simulation: Simulation | undefined): Promise<AwsSessionSettings> {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler')
  return {
    ...(simulation && {
      endpoint: async () => ({ url: new URL(await simulation.endpoint()) }),
      credentials: simulation.credentials
    }),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true
    }),
    maxAttempts: ATTEMPTS,
    retryMode: 'standard'
  }
}

/**
 * One session per target, the least recently used forgotten first; one that could not be opened is opened anew the next
 * time.
 */
function keepSessions (settings: () => Promise<AwsSessionSettings>): (target: AwsTarget) => Promise<Session> {
  const kept = new Map<string, Promise<Session>>()
  return async (target) => {
    const { region, placement: { accountId, roleArn, externalId } } = target
    const key = JSON.stringify([region, accountId, roleArn, externalId])
    const session = kept.get(key) ?? settings().then(async (shared) => openSession(target, shared))
    kept.delete(key)
    kept.set(key, session)
    const [oldest] = kept.keys()
    if (kept.size > MAX_SESSIONS && oldest !== undefined) kept.delete(oldest)
    return session.catch((error: unknown) => {
      if (kept.get(key) === session) kept.delete(key)
      throw error
    })
  }
}
