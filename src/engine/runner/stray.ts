import { AsyncLocalStorage } from 'node:async_hooks'

/** An error that nothing caught, with the run in whose program it arose; `undefined` when that cannot be told. */
export type StrayListener = (error: unknown, run: object | undefined) => void

const runs = new AsyncLocalStorage<object>()
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

/** Runs `body` such that errors nothing catches in it are told to belong to `run`. */
export const within = async <T> (run: object, body: () => Promise<T>): Promise<T> => runs.run(run, body)

/**
 * Hears of every error that nothing caught. The SDK listens for these during a run and books every one on it, even one of
 * an earlier run's program that rejects late; its listeners therefore hear only of errors that arose in their own run.
 */
export function listenForStrays (listener: StrayListener): void {
  const add = process.on.bind(process)
  const remove = process.off.bind(process)
  const wrappers = new WeakMap<object, (error: unknown) => void>()
  for (const event of EVENTS) add(event, (error: unknown) => listener(error, runs.getStore()))
  const isStray = (event: unknown) => EVENTS.some((name) => name === event)
  Object.assign(process, {
    on: (event: string, handler: (...args: unknown[]) => void) => {
      const owner = runs.getStore()
      if (!isStray(event) || owner === undefined) return add(event, handler)
      const wrapper = (error: unknown) => { if (runs.getStore() === owner) handler(error) }
      wrappers.set(handler, wrapper)
      return add(event, wrapper)
    },
    off: (event: string, handler: (...args: unknown[]) => void) => remove(event, isStray(event) ? wrappers.get(handler) ?? handler : handler)
  })
}
