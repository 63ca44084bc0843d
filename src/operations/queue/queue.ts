import { sql } from 'kysely'
import pTimeout from 'p-timeout'
import { fromKysely, PgBoss } from 'pg-boss'
import { readyOperations, type SchedulingPolicy } from '../../store/queries/claims.ts'
import type { Database, StoreLog } from '../../store/database/database.ts'
import type { Queryable } from '../../store/sql.ts'

const QUEUE = 'operations'
const POLL_SECONDS = 2
/** While notifications arrive, polling only covers what they miss. */
const POLL_BESIDE_NOTIFY_SECONDS = 10
/** A delay is measured in the database's time, from the beginning of the transaction; a timer here may end earlier. */
const WAKE_SLACK_MILLISECONDS = 50
/** A job whose worker sends no heartbeat for so long is delivered again. */
const HEARTBEAT_SECONDS = 30
/** A handler that failed is tried again after so long, doubled each time; after that `reconcile` delivers again. */
const RETRY_SECONDS = 2
const RETRIES = 3
/** What became of an operation is in its row and its events; a settled job is kept only to be looked at. */
const KEEP_SETTLED_SECONDS = 3_600
/** Longer than any job may wait. Should a job be dropped all the same, `reconcile` delivers its operation. */
const KEEP_WAITING_SECONDS = 30 * 86_400
/** A job expires so long after the operation's deadline, so that the worker ends the operation and not the queue. */
const GRACE_SECONDS = 300
/** How long a handler whose signal has aborted may take to hand its operation back. */
const HAND_BACK_MILLISECONDS = 10_000

interface Payload { readonly operationId: string }

/**
 * A delivery says that there is work, and names the operation it was enqueued for; which operation is run next is
 * decided from the tables. The signal aborts when the queue stops and waits no longer. It does not abort when pg-boss
 * considers the job lost: the operation's lease says which worker has it. May reject: the state is in the operation's
 * row.
 */
export type Handler = (operationId: string, signal: AbortSignal) => Promise<void>

export interface QueueOptions {
  readonly log: StoreLog
  /** The longest an operation may run. */
  readonly deadlineSeconds: number
}

export interface Queue {
  /**
   * Delivers the operation to a worker, once the transaction commits. An operation has at most one delivery waiting and
   * one that is delayed: another call changes nothing. `afterSeconds`: not before that, in the database's time.
   */
  enqueue (trx: Queryable, operationId: string, options?: { readonly afterSeconds?: number }): Promise<void>
  /** Starts to take jobs, `concurrency` at a time. Once per queue. */
  work (handler: Handler, options: { readonly concurrency: number }): Promise<void>
  /** Enqueues every operation that could be run and that nothing will deliver; how many there were. */
  reconcile (scheduling: SchedulingPolicy): Promise<number>
  /** Deliveries that wait for a worker. */
  depth (): Promise<number>
  /** Takes no more jobs; those that run go on, and `enqueue` works. Idempotent. */
  pause (): void
  /**
   * Takes no more jobs and waits for the handlers; after `timeoutMilliseconds` aborts their signals, and after another
   * 10 s abandons their jobs, to be delivered again. Until then `enqueue` works, for handing operations back.
   * Idempotent. The database stays open.
   */
  stop (options: { readonly timeoutMilliseconds: number }): Promise<void>
}

/** Starts pg-boss in its own schema of the database; a process that only enqueues never calls `work`. */
export async function openQueue (database: Database, options: QueueOptions): Promise<Queue> {
  const boss = new PgBoss({
    ...database.boss,
    useListenNotify: true,
    schedule: false,
    registerInstance: false,
    superviseIntervalSeconds: HEARTBEAT_SECONDS
  })
  boss.on('error', (error) => options.log.error({ err: error }, 'the queue met an error'))
  boss.on('warning', ({ message, data }) => options.log.warn({ data }, message))
  try {
    await boss.start()
    await declareQueue(boss, options.deadlineSeconds)
  } catch (error) {
    await boss.stop({ graceful: false })
    throw error
  }
  return new BossQueue(boss, database, options.log)
}

async function declareQueue (boss: PgBoss, deadlineSeconds: number): Promise<void> {
  const settings = {
    notify: true,
    retryLimit: RETRIES,
    retryDelay: RETRY_SECONDS,
    retryBackoff: true,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: deadlineSeconds + GRACE_SECONDS,
    retentionSeconds: KEEP_WAITING_SECONDS,
    deleteAfterSeconds: KEEP_SETTLED_SECONDS
  }
  // `short`: at most one job per key waits, however many are active, so a handler can enqueue its own operation again.
  await boss.createQueue(QUEUE, { policy: 'short', ...settings })
  await boss.updateQueue(QUEUE, settings)
}

class BossQueue implements Queue {
  readonly #boss: PgBoss
  readonly #database: Database
  readonly #log: StoreLog
  readonly #ending = new AbortController()
  readonly #workers: string[] = []
  /** Settles when every handler has ended, once no more jobs are taken. */
  #idle: Promise<void> | undefined
  #stopping: Promise<void> | undefined

  constructor (boss: PgBoss, database: Database, log: StoreLog) {
    this.#boss = boss
    this.#database = database
    this.#log = log
  }

  async enqueue (
    trx: Queryable,
    operationId: string,
    { afterSeconds = 0 }: { readonly afterSeconds?: number } = {}
  ): Promise<void> {
    const payload: Payload = { operationId }
    const startAfter = Math.ceil(afterSeconds)
    // Two keys: a delivery that waits already may be used up by another operation before the delay is over.
    const when = startAfter > 0 ? { singletonKey: `later:${operationId}`, startAfter } : { singletonKey: operationId }
    await this.#boss.send(QUEUE, payload, { ...when, db: fromKysely(trx) })
    if (startAfter > 0) this.#wakeAfter(startAfter)
  }

  /**
   * pg-boss does not notify a worker of a delayed job when its time has come; without this it waits for the next poll.
   */
  #wakeAfter (seconds: number): void {
    setTimeout(
      () => {
        for (const worker of this.#workers) this.#boss.notifyWorker(worker)
      },
      seconds * 1000 + WAKE_SLACK_MILLISECONDS
    ).unref()
  }

  async work (handler: Handler, { concurrency }: { readonly concurrency: number }): Promise<void> {
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        await this.#addWorker(handler)
      })
    )
  }

  async #addWorker (handler: Handler): Promise<void> {
    const polling = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_BESIDE_NOTIFY_SECONDS }
    const worker = await this.#boss.work<Payload>(QUEUE, { ...polling, batchSize: 1 }, async ([job]) => {
      if (!job) return
      try {
        await handler(job.data.operationId, this.#ending.signal)
      } catch (error) {
        this.#log.error({ err: error, operationId: job.data.operationId }, 'handling a job failed')
        throw error
      } finally {
        // Without this pg-boss sleeps until its next poll although jobs wait: a notification wakes it for one job only.
        this.#boss.notifyWorker(worker)
      }
    })
    this.#workers.push(worker)
  }

  async reconcile (scheduling: SchedulingPolicy): Promise<number> {
    const { db } = this.#database
    // Only a job that waits will be delivered: one that runs may have been used for another operation.
    const isDelivered = sql<boolean>`exists (
      select from pgboss.job j
      where j.name = ${QUEUE} and j.state in ('created', 'retry') and j.data->>'operationId' = o.id
    )`
    const ids = await readyOperations(db, scheduling, isDelivered)
    for (const id of ids) await this.enqueue(db, id)
    return ids.length
  }

  async depth (): Promise<number> {
    const { rows: [row] } = await sql<{ depth: number }>`
      select count(*)::integer as depth from pgboss.job
      where name = ${QUEUE} and state in ('created', 'retry')`.execute(this.#database.db)
    return row?.depth ?? 0
  }

  pause (): void {
    if (this.#idle) return
    this.#idle = this.#boss.offWork(QUEUE, { wait: true })
    this.#idle.catch((error: unknown) => this.#log.error({ err: error }, 'the queue cannot be paused'))
  }

  async stop ({ timeoutMilliseconds }: { readonly timeoutMilliseconds: number }): Promise<void> {
    await (this.#stopping ??= this.#stop(timeoutMilliseconds))
  }

  async #stop (timeoutMilliseconds: number): Promise<void> {
    // The handlers end before pg-boss does: handing an operation back enqueues it.
    this.pause()
    const idle = (this.#idle ?? Promise.resolve()).catch(() => undefined)
    // pTimeout refuses 0.
    await pTimeout(idle, { milliseconds: Math.max(1, timeoutMilliseconds), message: false })
    this.#ending.abort(new Error('the queue is stopping'))
    await pTimeout(idle, { milliseconds: HAND_BACK_MILLISECONDS, message: false })
    // What still runs is abandoned: its job is failed, so that it is delivered again.
    await this.#boss.stop({ graceful: false })
  }
}
