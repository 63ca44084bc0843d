import { startRunner, type Runner, type RunnerOptions } from './runner-process.ts'

export interface PoolOptions extends RunnerOptions {
  /** Runs at a time. */
  readonly concurrency: number
  /** Runs after which a runner is replaced: each leaves some memory behind. */
  readonly recycleAfter: number
  /** A program's error that came after its run had ended. */
  readonly onUnhandledError: (message: string) => void
}

interface Waiter {
  readonly take: (runner: Runner) => void
  readonly refuse: (reason: Error) => void
}

/**
 * Lends runners, one run per runner at a time. There are never more than `concurrency`. They stay once they are loaded,
 * and one is loaded ahead while nothing runs: not at the start of a run, whose engine needs the processor then.
 */
export class RunnerPool {
  readonly #options: PoolOptions
  readonly #idle: Runner[] = []
  readonly #busy = new Set<Runner>()
  readonly #waiters: Waiter[] = []
  #stopped: Promise<void> | undefined

  constructor (options: PoolOptions) {
    this.#options = options
    this.#keepSpare()
  }

  /** Pids of all runners. */
  get pids (): number[] {
    return [...this.#idle, ...this.#busy].flatMap((runner) => runner.pid ?? [])
  }

  /** Lends a runner once one is free. Rejects when `signal` aborts first or the pool has ended. */
  async acquire (signal: AbortSignal): Promise<Runner> {
    if (this.#stopped !== undefined) throw new Error('the runner pool has ended')
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Runner>()
    const waiter: Waiter = { take: resolve, refuse: reject }
    const leave = () => {
      remove(this.#waiters, waiter)
      reject(new Error('stopped while waiting for a runner'))
    }
    signal.addEventListener('abort', leave, { once: true })
    this.#waiters.push(waiter)
    this.#serve()
    return promise.finally(() => signal.removeEventListener('abort', leave))
  }

  /** Takes a runner back; one that may not be used again is ended, and gone when this resolves. */
  async release (runner: Runner): Promise<void> {
    this.#busy.delete(runner)
    const reusable = this.#stopped === undefined && runner.healthy && runner.runs < this.#options.recycleAfter
    if (reusable) this.#rest(runner)
    else runner.kill()
    this.#serve()
    this.#keepSpare()
    if (!reusable) await runner.ended
  }

  /** Ends every runner. Idempotent. */
  async stop (): Promise<void> {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  #serve (): void {
    while (this.#busy.size < this.#options.concurrency) {
      const waiter = this.#waiters.shift()
      if (waiter === undefined) break
      const runner = this.#next()
      runner.runs += 1
      this.#busy.add(runner)
      waiter.take(runner)
    }
  }

  #start (): Runner {
    const runner = startRunner(this.#options)
    runner.ended.then(() => remove(this.#idle, runner), () => undefined)
    return runner
  }

  #next (): Runner {
    const runner = this.#idle.shift() ?? this.#start()
    return runner.healthy ? runner : this.#next()
  }

  #keepSpare (): void {
    if (this.#stopped !== undefined || this.#idle.length > 0 || this.#busy.size >= this.#options.concurrency) return
    this.#rest(this.#start())
  }

  #rest (runner: Runner): void {
    runner.listen((message) => {
      if (message.type !== 'unhandled-error') return
      this.#options.onUnhandledError(message.message)
      runner.healthy = false
      runner.kill()
    })
    this.#idle.push(runner)
  }

  async #end (): Promise<void> {
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(new Error('the runner pool has ended'))
    const all = [...this.#idle.splice(0), ...this.#busy]
    for (const runner of all) runner.kill()
    await Promise.all(all.map(async (runner) => runner.ended))
  }
}

function remove<T> (list: T[], item: T): void {
  const index = list.indexOf(item)
  if (index >= 0) list.splice(index, 1)
}
