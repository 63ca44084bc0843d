import { renewLease } from '../../store/queries/attempts.ts'
import { abortAttempt, type Attempt } from './attempt.ts'

/** How long a worker that says nothing keeps an operation; renewed three times in that time. */
export const LEASE_SECONDS = 30
/** A renewal that failed is tried again soon: when the database is back, whoever asks first has the operation. */
const RETRY_SECONDS = 1

/**
 * Renews the lease until told to stop; learns by it of a cancel whose notification was lost. A database that is away does
 * not end what runs, for as long as nobody can have taken it over on another host.
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
      again(LEASE_SECONDS / 3)
    } catch (error) {
      log.warn({ err: error }, 'the lease could not be renewed')
      // An engine in the row keeps the operation on this host; without one anybody takes it over when the lease has ended.
      const outageSeconds = attempt.flags.engineRecorded ? databaseOutageSeconds : LEASE_SECONDS
      if (performance.now() - renewedAt > outageSeconds * 1000) abortAttempt(control, 'lease-lost')
      again(RETRY_SECONDS)
    }
  }

  function again (seconds: number): void {
    if (!stopped) {
      timer = setTimeout(() => {
        renew().catch((error: unknown) => {
          log.error({ err: error }, 'renewing failed')
        })
      }, seconds * 1000)
    }
  }

  again(LEASE_SECONDS / 3)
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
