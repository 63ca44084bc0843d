import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runnerEnvironment } from '../process/environment.ts'
import { lowerPriority } from '../process/priority.ts'
import type { FromRunner, ToRunner } from './messages.ts'

export interface RunnerOptions {
  /** Heap limit of one runner. */
  readonly memoryMiB: number
  /** Modules of programs (`file:` URLs) to load before the first run. */
  readonly preload: readonly string[]
  /** Where Node keeps compiled code between runners. */
  readonly compileCache: string
}

/** How a runner ended. */
export interface RunnerEnd {
  readonly reason: 'out-of-memory' | 'crashed'
  readonly detail: string
}

export interface Runner {
  readonly pid: number | undefined
  /** Resolves when the runner has loaded what it needs; rejects when it ended instead. */
  readonly ready: Promise<void>
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<RunnerEnd>
  /** Runs it has taken. */
  runs: number
  /** Whether it may take another run. */
  healthy: boolean
  send (message: ToRunner): void
  /** Sets the one listener; messages without one are dropped. */
  listen (listener: ((message: FromRunner) => void) | undefined): void
  kill (): void
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const KEPT_STDERR = 8 * 1024

/**
 * Starts a runner in a process group of its own, so that Ctrl-C in a terminal reaches the service and not the runner.
 * It ends when its channel to this process closes.
 */
export function startRunner (options: RunnerOptions): Runner {
  const child = fork(MAIN, [...options.preload], {
    execArgv: [`--max-old-space-size=${options.memoryMiB}`, '--disable-warning=ExperimentalWarning'],
    env: runnerEnvironment({ NODE_COMPILE_CACHE: options.compileCache }),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true
  })
  if (child.pid !== undefined) lowerPriority(child.pid)
  let listener: ((message: FromRunner) => void) | undefined
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  // A runner that ends before it is used is replaced; only a run that waits for it must hear.
  ready.catch(() => undefined)
  child.on('message', (message) => {
    const parsed = message as FromRunner
    if (parsed.type === 'ready') resolve()
    else listener?.(parsed)
  })
  const ended = endOf(child)
  const runner: Runner = {
    pid: child.pid,
    ready,
    ended,
    runs: 0,
    healthy: true,
    send: (message) => { child.send(message, () => undefined) },
    listen: (next) => { listener = next },
    kill: () => { child.kill('SIGKILL') }
  }
  ended.then((end) => {
    runner.healthy = false
    reject(new Error(end.detail))
  }, reject)
  return runner
}

async function endOf (child: ChildProcess): Promise<RunnerEnd> {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { stderr = (stderr + text).slice(-KEPT_STDERR) })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ reason: 'crashed', detail: error.message }))
    child.once('close', (code, signal) => {
      const outOfMemory = /heap out of memory|Reached heap limit/.test(stderr)
      const how = signal === null ? `with code ${code}` : `by ${signal}`
      resolve(outOfMemory
        ? { reason: 'out-of-memory', detail: 'The runner reached its memory limit.' }
        : { reason: 'crashed', detail: `The runner ended ${how}.` })
    })
  })
}
