import { once } from 'node:events'
import { claimNext, isBound, oldestWaiting } from '../../store/queries/claims.ts'
import { seeHost } from '../../store/queries/hosts.ts'
import { CANCEL_CHANNEL } from '../../store/queries/operations.ts'
import { abortAttempt, type Attempt } from '../attempt/attempt.ts'
import { recordStart, runAttempt } from '../attempt/run-attempt.ts'
import type { WorkContext } from '../context.ts'
import { endLeasesOfDead, workerName } from './dead-workers.ts'
import { release } from '../attempt/settlement.ts'
import { LEASE_SECONDS } from '../attempt/lease.ts'

/** How often a worker reports that its host is alive, and looks for operations that are ready and have no delivery. */
const CHECK_SECONDS = 10
/** After so long an operation is delivered again that was delivered to a host which may not run it. */
const REDELIVERY_SECONDS = 5

export interface Worker {
  /** Takes no more operations and asks the engines of those that run to stop. */
  pause (): void
  /**
   * Takes no more operations and hands back those that run, once their engines have ended or after
   * `timeoutMilliseconds`.
   */
  stop (timeoutMilliseconds: number): Promise<void>
}

/** Takes operations off the queue, `concurrency` at a time, and takes over those of workers that died. */
export async function startWorker (context: WorkContext): Promise<Worker> {
  const { concurrency, database, queue, log, scheduling } = context
  const name = await workerName()
  const running = new Map<string, Attempt>()
  const cancels = await database.listen(CANCEL_CHANNEL, (id) => {
    const attempt = running.get(id)
    if (attempt) abortAttempt(attempt.control, 'cancel')
  })

  async function handle (operationId: string, signal: AbortSignal): Promise<void> {
    // Delivered while the service stops: it stays queued, and the next worker finds it without a delivery.
    if (context.stopping.aborted) return
    const attempt = await claim(context, name)
    if (attempt) await runToEnd(attempt, running, signal)
    else if (await isBound(database.db, operationId, scheduling)) {
      await queue.enqueue(database.db, operationId, { afterSeconds: REDELIVERY_SECONDS })
    }
  }

  async function check (): Promise<void> {
    await seeHost(database.db, scheduling.host)
    const freed = await endLeasesOfDead(database.db)
    if (freed > 0) log.warn({ count: freed }, 'operations of workers that died are taken over')
    const count = await queue.reconcile(scheduling)
    if (count > 0) log.warn({ count }, 'operations without a delivery were enqueued again')
  }

  await check()
  const timer = setInterval(() => {
    check().catch((error: unknown) => { log.warn({ err: error }, 'looking for operations left behind failed') })
  }, CHECK_SECONDS * 1000).unref()
  await queue.work(handle, { concurrency })

  function pause (): void {
    clearInterval(timer)
    queue.pause()
    for (const { control } of running.values()) abortAttempt(control, 'stop')
  }

  return {
    pause,
    async stop (timeoutMilliseconds) {
      pause()
      await queue.stop({ timeoutMilliseconds })
      await cancels.close()
    }
  }
}

/** Runs the attempt to its end, or hands the operation back when the queue waits no longer. */
async function runToEnd (attempt: Attempt, running: Map<string, Attempt>, signal: AbortSignal): Promise<void> {
  const { context, control, operation: { id, kind, team, cancel_requested_at: cancelled } } = attempt
  running.set(id, attempt)
  if (context.stopping.aborted) abortAttempt(control, 'stop')
  if (cancelled) abortAttempt(control, 'cancel')
  context.metrics.running.inc({ kind })
  const over = new AbortController()
  try {
    if (await recordStart(attempt)) await Promise.race([runAttempt(attempt), handBack(attempt, signal, over.signal)])
  } finally {
    over.abort()
    // After a takeover a later attempt of the same operation may be in the map.
    if (running.get(id) === attempt) running.delete(id)
    context.metrics.running.dec({ kind })
  }
  await deliverNext(context, team)
}

/**
 * Delivers the team's next operation: while a team is at its limit its deliveries are used up without a claim, so that
 * each operation that ends makes a new one.
 */
async function deliverNext ({ database, queue, scheduling }: WorkContext, team: string): Promise<void> {
  if (scheduling.teamLimit === 0) return
  const next = await oldestWaiting(database.db, team)
  if (next !== undefined) await queue.enqueue(database.db, next)
}

/**
 * Waits until the queue, which stops, waits for the handler no longer; then hands the operation back while its
 * interrupted engine still finishes. The next attempt waits for that engine.
 */
async function handBack (attempt: Attempt, signal: AbortSignal, over: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort', { signal: over }).catch(() => undefined)
  if (over.aborted) return
  abortAttempt(attempt.control, 'stop')
  await release(attempt, 'alive', 'stop')
}

/** Claims the operation that is next; undefined when there is none for this process. */
async function claim (context: WorkContext, worker: string): Promise<Attempt | undefined> {
  const { scheduling } = context
  const claimed = await claimNext(context.database.db, { ...scheduling, worker, leaseSeconds: LEASE_SECONDS })
  if (!claimed) return undefined
  const { operation, waitedSeconds, startedSecondsAgo } = claimed
  if (operation.attempt === 1) context.metrics.queueWait.observe({ kind: operation.kind }, waitedSeconds)
  const log = context.log.child({
    operationId: operation.id,
    environmentId: operation.environment_id,
    requestId: operation.request_id
  })
  log.info({ kind: operation.kind, attempt: operation.attempt }, 'operation started')
  return {
    context,
    operation,
    log,
    control: new AbortController(),
    flags: { engineRecorded: false, predecessorLeft: false, released: false },
    startedAt: performance.now() - startedSecondsAgo * 1000,
    fence: { operationId: operation.id, attempt: operation.attempt }
  }
}
