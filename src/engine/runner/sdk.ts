import { createRequire } from 'node:module'

interface Closable { close (): void }
interface RunStore { settings: { monitor?: Closable, engine?: Closable } }
type LogFunction = (
  ...call: [message: string, resource?: unknown, streamId?: number, ephemeral?: boolean]
) => Promise<void>

/**
 * Works around two defects of the SDK for this process. A log message about a resource whose registration fails blocks
 * the process-wide log queue for ever, so messages no longer name their resource. And each resource sends three debug
 * messages that nobody reads; without them a run takes half the time in Node.
 */
export function quietSdkLog (): void {
  const log = createRequire(import.meta.url)('@pulumi/pulumi/log') as Record<
    'debug' | 'info' | 'warn' | 'error',
    LogFunction
  >
  for (const level of ['info', 'warn', 'error'] as const) {
    const original = log[level]
    log[level] = async (...[message, , streamId, ephemeral]) => original(message, undefined, streamId, ephemeral)
  }
  log.debug = async () => undefined
}

/** What the SDK's calls fail with once the engine has given a run up: the reason is the engine's to tell. */
export const isEngineEnding = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Resource monitor is terminating'

/**
 * Called within a running program: returns a function that closes the program's connections to the engine. The SDK
 * leaves two gRPC clients open per run.
 */
export function connectionsOfRun (): () => void {
  const { asyncLocalStorage } = globalThis as { asyncLocalStorage?: { getStore (): RunStore | undefined } }
  const settings = asyncLocalStorage?.getStore()?.settings
  return () => {
    settings?.monitor?.close()
    settings?.engine?.close()
  }
}
