import { flushCompileCache } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { CommandOutcome } from '../command.ts'
import type { CommandRequest } from '../command.ts'
import type { FromRunner, RunSpec, ToRunner } from './messages.ts'
import { runInlineProgram, RunError } from './run.ts'
import { isEngineEnding, quietSdkLog } from './sdk.ts'
import { trapUnhandledErrors, runInScope } from './unhandled-errors.ts'

/**
 * The runner: a child process in which inline programs run, one at a time. Its service starts the engines and gets the
 * events. When the service is gone the runner ends, and its engine finishes what is in flight and unlocks.
 */
const MAX_MESSAGE = 16 * 1024

const send = (message: FromRunner): void => { if (process.connected) process.send?.(message) }

const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE)

let current: { spec: RunSpec, unhandledErrors: unknown[] } | undefined
let commands = 0
const waiting = new Map<number, { resolve: (outcome: CommandOutcome) => void, reject: (error: Error) => void }>()

function runCommand (request: CommandRequest): Promise<CommandOutcome> {
  commands += 1
  const command = commands
  send({ type: 'command', command, request })
  return new Promise((resolve, reject) => waiting.set(command, { resolve, reject }))
}

async function serve (spec: RunSpec): Promise<void> {
  const mine = { spec, unhandledErrors: [] as unknown[] }
  current = mine
  const onEvent = (event: Extract<FromRunner, { type: 'event' }>['event']) => send({ type: 'event', event })
  try {
    const result = await runInlineProgram(spec, {
      onEvent,
      runCommand,
      runInScope: async (body) => runInScope(mine, body)
    })
    const [unhandled] = mine.unhandledErrors
    // The resources are there, but the program has a defect that went unnoticed by the engine.
    if (mine.unhandledErrors.length > 0) {
      send({ type: 'failed', message: textOf(unhandled), programError: textOf(unhandled) })
    } else send({ type: 'done', result })
  } catch (error) {
    const errors = [...(error instanceof RunError ? [error.programError] : []), ...mine.unhandledErrors]
    const programError = errors.find((candidate) => candidate !== undefined && !isEngineEnding(candidate))
    send({
      type: 'failed',
      message: textOf(error),
      ...(programError === undefined ? {} : { programError: textOf(programError) })
    })
  } finally {
    current = undefined
  }
}

function receive (message: ToRunner): void {
  if (message.type === 'ping') return send({ type: 'pong' })
  if (message.type === 'run') {
    // It settles every way of ending itself.
    serve(message.spec).catch((error: unknown) => send({ type: 'failed', message: textOf(error) }))
    return
  }
  const asked = waiting.get(message.command)
  waiting.delete(message.command)
  if (message.type === 'outcome') asked?.resolve(message.outcome)
  else asked?.reject(new Error(message.reason))
}

trapUnhandledErrors(() => current, (error, owner) => {
  if (current !== undefined && (owner ?? current) === current) current.unhandledErrors.push(error)
  else send({ type: 'unhandled-error', message: textOf(error) })
})
quietSdkLog()
process.on('message', receive)
new Worker(new URL('./watchdog.ts', import.meta.url), {
  workerData: { parent: process.ppid },
  resourceLimits: { maxOldGenerationSizeMb: 8 }
}).unref()
process.on('disconnect', () => process.exit(0))
await Promise.all(process.argv.slice(2).map(async (module) => import(module)))
// Node writes the cache at an orderly exit, and a runner is killed. With the cache the next one starts in half the
// time.
flushCompileCache()
send({ type: 'ready' })
