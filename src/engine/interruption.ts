import type { FailureReason } from './translate/failures.ts'

/** Ends a run before its time. The first reason counts: later ones are its consequences. */
export class Interruption {
  readonly #controller = new AbortController()
  #reason: FailureReason | undefined

  /** Aborts when the run is to stop. */
  get signal (): AbortSignal {
    return this.#controller.signal
  }

  get reason (): FailureReason | undefined {
    return this.#reason
  }

  /** Keeps the reason without stopping anything yet. */
  note (reason: FailureReason): void {
    this.#reason ??= reason
  }

  interrupt (reason: FailureReason): void {
    this.note(reason)
    this.#controller.abort()
  }
}
