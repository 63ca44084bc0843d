import { AsyncLocalStorage } from 'node:async_hooks'

const runs = new AsyncLocalStorage<object>()
const EVENTS: ReadonlySet<unknown> = new Set(['uncaughtException', 'unhandledRejection'])

/** Runs a program such that the errors which nothing catches in it are known to be that run's. */
export const runInScope = async <T> (run: object, body: () => Promise<T>): Promise<T> => runs.run(run, body)

/**
 * Calls the listener with every error that nothing caught, and with the run in whose program it arose (`undefined`
 * where that is not known). The SDK listens for these too while a program runs, and fails the running program for each
 * of them, even for one of an earlier program that rejects late: so its listeners do not get the errors of another run.
 * @param current The run in progress, if any.
 */
export function trapUnhandledErrors (
  current: () => object | undefined,
  listener: (error: unknown, run: object | undefined) => void
): void {
  const add = process.on.bind(process)
  const remove = process.off.bind(process)
  const filters = new WeakMap<object, (error: unknown) => void>()
  add('uncaughtException', (error) => listener(error, runs.getStore()))
  add('unhandledRejection', (error) => listener(error, runs.getStore()))
  Object.assign(process, {
    on: (event: string, handler: (...args: unknown[]) => void) => {
      const owner = current()
      if (!EVENTS.has(event) || owner === undefined) return add(event, handler)
      const filter = (error: unknown) => {
        if ((runs.getStore() ?? owner) === owner) handler(error)
      }
      filters.set(handler, filter)
      return add(event, filter)
    },
    off: (event: string, handler: (...args: unknown[]) => void) => remove(event, filters.get(handler) ?? handler)
  })
}
