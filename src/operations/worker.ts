import { once } from 'node:events'
import { hostname } from 'node:os'
import { claimOperation } from '../store/attempts.ts'
import { CANCEL_CHANNEL } from '../store/operations.ts'
import { LEASE_SECONDS, announce, breakOff, runAttempt, type Attempt } from './attempt.ts'
import type { Context } from './context.ts'
import { release } from './endings.ts'

/** How often unfinished operations without a delivery are looked for. */
const RECONCILE_SECONDS = 30

export interface Worker {
  /** Takes no more operations and asks the engines of those that run to stop. */
  pause (): void
  /** Takes no more operations and hands back those that run, once their engines have ended or after `timeoutMs`. */
  stop (timeoutMs: number): Promise<void>
}

/** Takes operations off the queue, `concurrency` at a time, and looks after those that were left behind. */
export async function startWorker (context: Context, concurrency: number): Promise<Worker> {
  const { database, queue, log } = context
  const running = new Map<string, Attempt>()
  const cancels = await database.listen(CANCEL_CHANNEL, id => {
    const attempt = running.get(id)
    if (attempt) breakOff(attempt.control, 'cancel')
  })

  async function handle (operationId: string, signal: AbortSignal): Promise<void> {
    // Delivered while the service stops: it stays queued, and whoever starts next looks for what nobody delivers.
    if (context.stopping.aborted) return
    const attempt = await takeUp(context, operationId)
    if (!attempt) return
    running.set(operationId, attempt)
    if (context.stopping.aborted) breakOff(attempt.control, 'stop')
    if (attempt.operation.cancel_requested_at) breakOff(attempt.control, 'cancel')
    context.metrics.running.inc({ kind: attempt.operation.kind })
    const over = new AbortController()
    try {
      if (await announce(attempt)) await Promise.race([runAttempt(attempt), handBack(attempt, signal, over.signal)])
    } finally {
      over.abort()
      running.delete(operationId)
      context.metrics.running.dec({ kind: attempt.operation.kind })
    }
  }

  const reconcile = (): void => {
    queue.reconcile().then(
      count => { if (count > 0) log.warn({ count }, 'operations without a delivery were enqueued again') },
      (error: unknown) => { log.warn({ err: error }, 'looking for operations left behind failed') }
    )
  }
  const timer = setInterval(reconcile, RECONCILE_SECONDS * 1000).unref()
  await queue.reconcile()
  await queue.work(handle, { concurrency })

  function pause (): void {
    clearInterval(timer)
    queue.pause()
    for (const { control } of running.values()) breakOff(control, 'stop')
  }

  return {
    pause,
    async stop (timeoutMs) {
      pause()
      await queue.stop({ timeoutMs })
      await cancels.close()
    }
  }
}

/**
 * Waits until the queue gives up on the handler, because the stop has waited long enough or the worker counts as dead; then
 * hands the operation back while its engine, interrupted, still finishes: whoever takes it up waits for that engine.
 */
async function handBack (attempt: Attempt, signal: AbortSignal, over: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort', { signal: over }).catch(() => undefined)
  if (over.aborted) return
  breakOff(attempt.control, 'stop')
  await release(attempt, 'alive')
}

/** Claims the operation for this process; undefined when there is nothing to do here. */
async function takeUp (context: Context, operationId: string): Promise<Attempt | undefined> {
  const claim = await claimOperation(context.database.db, operationId, { worker: `${hostname()}:${process.pid}`, leaseSeconds: LEASE_SECONDS })
  // Busy: the operation in the way delivers this one when it ends. Taken: another worker has it, or it has ended.
  if (claim.outcome !== 'claimed') return undefined
  const { operation, waitedSeconds } = claim
  if (operation.attempt === 1) context.metrics.queueWait.observe({ kind: operation.kind }, waitedSeconds)
  const log = context.log.child({ operationId, environmentId: operation.environment_id, requestId: operation.request_id })
  log.info({ kind: operation.kind, attempt: operation.attempt }, 'operation started')
  return {
    context, operation, log, control: new AbortController(), fence: { operationId, attempt: operation.attempt }
  }
}
