import { RunFailure } from '../../engine/types.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { operationError } from '../../errors.ts'
import { note, type WorkItem } from './work-item.ts'
import { required, awsTargetOf, withDeadline } from './engine-run.ts'

/** To let queues take jobs again: not with the signal of the attempt, which may be why they have to. */
const REOPEN_SECONDS = 60

/**
 * Keeps jobs out of the queues while something is done that would end them. That they are closed is noted with the operation
 * first: an attempt that comes after this one opens them, and where none does the environment is said to have drifted.
 */
export class QueueGate {
  readonly #item: WorkItem
  readonly #queues: readonly string[]
  #closed: boolean

  /** @param queues ARNs */
  constructor (item: WorkItem, queues: readonly string[]) {
    this.#item = item
    this.#queues = queues
    this.#closed = item.attempt.operation.input.closed === true
  }

  /**
   * Refuses while jobs are not over, then stops the queues taking any; counts once more then, as one may have slipped in.
   * @throws RunFailure `jobs-running`
   */
  async refuseJobs (): Promise<void> {
    await this.#refuseActive()
    await this.#note(true)
    await withDeadline(this.#item.attempt, 'closing the queues', async (signal) =>
      this.#aws.setQueues(this.#target, this.#queues, 'DISABLED', signal)
    )
    await this.#refuseActive()
  }

  /** Stops the queues taking jobs and ends those that are not over. */
  async endJobs (reason: string): Promise<void> {
    if (this.#queues.length === 0) return
    await this.#note(true)
    const ended = await withDeadline(this.#item.attempt, 'ending the jobs', async (signal) =>
      this.#aws.drain(this.#target, this.#queues, { reason, signal })
    )
    if (ended > 0) {
      this.#item.recorder.add({
        type: 'diagnostic',
        severity: 'info',
        message: `${ended} job${ended === 1 ? '' : 's'} ended`
      })
    }
  }

  /** Keeps jobs from being ended by what follows, or ends them, as the policy says. */
  async close (jobs: Deletion['jobs'], reason: string): Promise<void> {
    await (jobs === 'terminate' ? this.endJobs(reason) : this.refuseJobs())
  }

  /** Lets the queues take jobs again if this operation has stopped them. Never rejects: that they may be closed stays noted then. */
  async reopen (): Promise<void> {
    const { control, log } = this.#item.attempt
    if (!this.#closed || control.signal.reason === 'lease-lost') return
    try {
      await this.#aws.setQueues(this.#target, this.#queues, 'ENABLED', AbortSignal.timeout(REOPEN_SECONDS * 1000))
      await this.#note(false)
    } catch (error) {
      log.warn({ err: error }, 'the queues could not be opened again')
    }
  }

  get #aws () { return this.#item.attempt.context.aws }
  get #target () { return awsTargetOf(required(this.#item.environment)) }

  async #refuseActive (): Promise<void> {
    const { count, running } = await this.#aws.activeJobs(this.#target, this.#queues)
    const verb = count === 1 ? 'job is' : 'jobs are'
    if (count > 0) {
      throw new RunFailure(operationError('jobs-running', `${count} ${verb} not over, ${running} of them running.`))
    }
  }

  async #note (closed: boolean): Promise<void> {
    this.#closed = closed
    await note(this.#item.attempt, { closed })
  }
}
