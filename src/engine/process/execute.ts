import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { open, type FileHandle } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { lowerPriority } from './priority.ts'
import { identify } from '../../host-processes.ts'
import type { CommandOutcome } from '../command.ts'
import type { EngineProcess } from '../types.ts'
import { stopProcess, type StopEscalation } from './stop-process.ts'

/** One start of an engine. */
export interface Invocation {
  readonly executable: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment, not additions to it. */
  readonly env: Record<string, string>
  /** Aborting stops the engine as `escalation` says. */
  readonly signal: AbortSignal
  readonly escalation: StopEscalation
  /** Called with the process before it does anything; when this rejects, the engine never runs. */
  readonly onStarted: (engine: EngineProcess) => Promise<void>
}

/** Output beyond this is not kept: of a longer file the end is read, where the reason of a failure stands. */
const KEPT_BYTES = 4 * 1024 * 1024
const SIGNALLED = 128

/**
 * The process starts as a shell that waits for one line and then becomes the engine (`exec` keeps pid and start time).
 * So its identity can be stored before the engine can touch the cloud, and it ends by itself, having done nothing, when
 * this process dies in between. Arguments are positional parameters: the shell never parses them.
 */
const START_SCRIPT = 'read -r go && exec "$0" "$@" < /dev/null'

/**
 * Starts an engine detached (a process group of its own) with its output in files of `cwd`, so that it can finish and
 * unlock when this process dies, at a lower priority than the service, and waits for its end.
 * @returns The outcome, whatever the exit code; rejects only when the engine was not started.
 */
export async function execute (invocation: Invocation): Promise<CommandOutcome> {
  invocation.signal.throwIfAborted()
  const files = await Promise.all([outputFile(invocation.cwd, 'stdout'), outputFile(invocation.cwd, 'stderr')])
  try {
    const end = await superviseEngine(invocation, files)
    const [stdout, stderr] = await Promise.all(files.map(readTail))
    return { ...end, stdout: stdout ?? '', stderr: stderr ?? '' }
  } finally {
    await Promise.all(files.map(async (file) => {
      await file.truncate().catch(() => undefined)
      await file.close()
    }))
  }
}

const outputFile = async (directory: string, stream: string) => open(join(directory, `engine.${stream}`), 'w+', 0o600)

type End = Pick<CommandOutcome, 'code' | 'killedBy'>

async function superviseEngine (invocation: Invocation, files: FileHandle[]): Promise<End> {
  const child = spawn('/bin/sh', ['-c', START_SCRIPT, invocation.executable, ...invocation.args], {
    cwd: invocation.cwd, env: invocation.env, detached: true, stdio: ['pipe', ...files.map((file) => file.fd)]
  })
  await once(child, 'spawn')
  const gone = new AbortController()
  const ended = exitOf(child).finally(() => gone.abort())
  const { pid } = child
  if (pid === undefined) throw new Error('a spawned process has no pid')
  const stop = () => { stopProcess(pid, invocation.escalation, { gone: gone.signal }).catch(() => undefined) }
  invocation.signal.addEventListener('abort', stop, { once: true })
  // It may have aborted while the process was being started.
  if (invocation.signal.aborted) stop()
  try {
    await releaseEngine(child, pid, invocation.onStarted)
    return await ended
  } finally {
    invocation.signal.removeEventListener('abort', stop)
  }
}

async function releaseEngine (child: ChildProcess, pid: number, onStarted: Invocation['onStarted']): Promise<void> {
  // The shell may have been ended by a signal meanwhile; then writing fails and the exit code tells.
  child.stdin?.on('error', () => undefined)
  try {
    // Before `exec`, while there is one thread: the engine's threads all inherit it.
    lowerPriority(pid)
    const engine = await identify(pid)
    if (engine !== undefined) await onStarted(engine)
    child.stdin?.end('go\n')
  } catch (error) {
    child.stdin?.end()
    throw error
  }
}

const exitOf = async (child: ChildProcess): Promise<End> => new Promise((resolve) => {
  child.once('exit', (code, signal) =>
    resolve(
      signal === null ? { code: code ?? SIGNALLED } : { code: SIGNALLED + constants.signals[signal], killedBy: signal }
    )
  )
})

async function readTail (file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const length = Math.min(size, KEPT_BYTES)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
  return buffer.toString('utf8', 0, bytesRead)
}
