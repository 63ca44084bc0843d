import { constants } from 'node:os'

type Cleanup = () => Promise<void>

/** What must still be ended or removed, in the order in which it was started. */
const pending = new Set<Cleanup>()

let ending = false

/** Whether a signal ends the script: what fails from now on fails because of that. */
export const isEnding = (): boolean => ending

/**
 * Registers what ends or removes something the script has started. The script calls the function that is returned;
 * where a signal ends the script first, it is called then. It runs once, however often it is called.
 */
export function registerCleanup (cleanup: Cleanup): Cleanup {
  let running: Promise<void> | undefined
  const once: Cleanup = async () => (running ??= cleanup().finally(() => pending.delete(once)))
  pending.add(once)
  return once
}

/** Has SIGINT and SIGTERM run the cleanups, the newest first, and end the script with the status a shell expects. */
export function cleanUpOnSignal (): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      ending = true
      cleanUp().finally(() => process.exit(128 + constants.signals[signal])).catch(() => {})
    })
  }
}

/** The script itself runs on until its next step fails. */
async function cleanUp (): Promise<void> {
  for (let next = [...pending].at(-1); next !== undefined; next = [...pending].at(-1)) {
    await next().catch((error: unknown) => { process.stderr.write(`${String(error)}\n`) })
  }
}
