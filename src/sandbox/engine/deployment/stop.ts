/** Why a deployment starts nothing new: a step failed, or it got a signal to stop. */
export type StopReason = 'failed' | 'cancelled'

/** Thrown by whatever would start after the deployment was stopped. */
export class Stopped extends Error {
  constructor () {
    super('the deployment is stopping')
    this.name = 'Stopped'
  }
}

/** One switch for a whole deployment. Calls in progress are not interrupted: they finish, or the process is killed. */
export class Stop {
  #reason: StopReason | undefined
  readonly #controller = new AbortController()

  get reason (): StopReason | undefined {
    return this.#reason
  }

  get signal (): AbortSignal {
    return this.#controller.signal
  }

  now (reason: StopReason): void {
    this.#reason ??= reason
    this.#controller.abort()
  }

  /** @throws Stopped */
  check (): void {
    if (this.#reason !== undefined) throw new Stopped()
  }
}

/** At most `limit` at a time; the others wait in order. */
export class Semaphore {
  #free: number
  readonly #waiting: Array<() => void> = []

  constructor (limit: number) {
    this.#free = limit
  }

  async use<T> (work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
