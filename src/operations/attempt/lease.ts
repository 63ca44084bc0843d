import { renewLease } from '../../store/queries/attempts.ts'
import { abortAttempt, type Attempt } from './attempt.ts'

/** How long an operation stays its worker's without a renewal; there are three renewals in that time. */
export const LEASE_SECONDS = 30
/**
 * A renewal that failed is tried again soon: once the database answers, the first worker that asks has the operation.
 */
const RETRY_SECONDS = 1

/**
 * Renews the lease until the returned function is called; by a renewal it also learns of a cancel whose notification
 * was lost. While the database does not answer the attempt goes on, for as long as no other host can have taken it
 * over.
 */
export function keepLease (attempt: Attempt): () => void {
  const { context: { databaseOutageSeconds }, control, log } = attempt
  let renewedAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function renew (): Promise<void> {
    if (attempt.flags.released) return
    const asked = performance.now()
    try {
      await renewOnce(attempt)
      renewedAt = asked
      renewAfter(LEASE_SECONDS / 3)
    } catch (error) {
      log.warn({ err: error }, 'the lease could not be renewed')
      // An engine in the row keeps the operation on this host; without one any worker takes it over after the lease.
      const outageSeconds = attempt.flags.engineRecorded ? databaseOutageSeconds : LEASE_SECONDS
      if (performance.now() - renewedAt > outageSeconds * 1000) abortAttempt(control, 'lease-lost')
      renewAfter(RETRY_SECONDS)
    }
  }

  function renewAfter (seconds: number): void {
    if (!stopped) {
      timer = setTimeout(() => {
        renew().catch((error: unknown) => {
          log.error({ err: error }, 'renewing failed')
        })
      }, seconds * 1000)
    }
  }

  renewAfter(LEASE_SECONDS / 3)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

async function renewOnce ({ context: { database }, fence, control }: Attempt): Promise<void> {
  const { held, cancelRequested } = await renewLease(database.db, fence, LEASE_SECONDS)
  if (!held) abortAttempt(control, 'lease-lost')
  if (cancelRequested) abortAttempt(control, 'cancel')
}
