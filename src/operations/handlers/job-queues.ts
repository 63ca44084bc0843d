import { RunFailure } from '../../engine/types.ts'
import { operationError } from '../../errors.ts'
import type { Deletion } from '../../schemas/spec.ts'
import { awsTargetOf, withDeadline } from './engine-run.ts'
import { note, type ChangeItem } from './work-item.ts'

/** For enabling queues, which is not ended by the attempt's signal: that may be the reason why they are enabled. */
const ENABLE_SECONDS = 60

/**
 * The environment's job queues, disabled while something is done that would end their jobs. That they are disabled is
 * noted with the operation first: a later attempt enables them, and where there is none the environment has drifted.
 */
export class JobQueues {
  readonly #item: ChangeItem
  readonly #queueArns: readonly string[]
  #disabled: boolean

  constructor (item: ChangeItem, queueArns: readonly string[]) {
    this.#item = item
    this.#queueArns = queueArns
    this.#disabled = item.input.closed === true
  }

  /** Disables the queues, and refuses or ends their jobs as the policy says. */
  async disable (jobs: Deletion['jobs'], reason: string): Promise<void> {
    await (jobs === 'terminate' ? this.endJobs(reason) : this.disableIdle())
  }

  /**
   * Disables the queues where they have no active job; counted again once they are disabled, as one may have been
   * submitted meanwhile.
   * @throws RunFailure `jobs-running`
   */
  async disableIdle (): Promise<void> {
    await this.#refuseActiveJobs()
    await this.#noteDisabled(true)
    await withDeadline(this.#item.attempt, 'closing the queues', async (signal) =>
      this.#awsCalls.setQueues(this.#target, this.#queueArns, { state: 'DISABLED', signal })
    )
    await this.#refuseActiveJobs()
  }

  /** Disables the queues and ends their active jobs. */
  async endJobs (reason: string): Promise<void> {
    if (this.#queueArns.length === 0) return
    await this.#noteDisabled(true)
    const ended = await withDeadline(this.#item.attempt, 'ending the jobs', async (signal) =>
      this.#awsCalls.drain(this.#target, this.#queueArns, { reason, signal })
    )
    if (ended > 0) {
      this.#item.recorder.add({
        type: 'diagnostic',
        severity: 'info',
        message: `${ended} job${ended === 1 ? '' : 's'} ended`
      })
    }
  }

  /**
   * Enables the queues if this operation has disabled them. Never rejects: the note that they are disabled stays then.
   */
  async enableAgain (): Promise<void> {
    const { control, log } = this.#item.attempt
    if (!this.#disabled || control.signal.reason === 'lease-lost') return
    try {
      const signal = AbortSignal.timeout(ENABLE_SECONDS * 1000)
      await this.#awsCalls.setQueues(this.#target, this.#queueArns, { state: 'ENABLED', signal })
      await this.#noteDisabled(false)
    } catch (error) {
      log.warn({ err: error }, 'the queues could not be opened again')
    }
  }

  get #awsCalls () { return this.#item.attempt.context.awsCalls }
  get #target () { return awsTargetOf(this.#item.environment) }

  async #refuseActiveJobs (): Promise<void> {
    const { count, running } = await this.#awsCalls.activeJobs(this.#target, this.#queueArns)
    const verb = count === 1 ? 'job is' : 'jobs are'
    if (count > 0) {
      throw new RunFailure(operationError('jobs-running', `${count} ${verb} not over, ${running} of them running.`))
    }
  }

  async #noteDisabled (disabled: boolean): Promise<void> {
    this.#disabled = disabled
    await note(this.#item.attempt, { closed: disabled })
  }
}
