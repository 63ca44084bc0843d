import { randomUUID } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startTimeOf } from '../../host-processes.ts'
import { SANDBOX_CALLS, type SandboxControl, type SandboxUser } from '../../schemas/sandbox-control.ts'
import { callsOver, ControlError, sender, type Send } from './control/client.ts'
import { readPortFile, type PortFile } from './port-file.ts'

export { ControlError } from './control/client.ts'
export { SANDBOX_CREDENTIALS } from './api/credentials.ts'

const START_DEADLINE_MS = 30_000
const logFile = (dataDir: string): string => join(dataDir, 'sandbox-aws.log')

export interface AttachOptions {
  dataDir: string
  /** Wall-clock seconds per AWS second: 0 at once, 1 as long as AWS takes. A cloud that already runs takes it over. */
  speed?: number | undefined
  nodePath?: string
  log?: (message: string) => void
  signal?: AbortSignal
}

export interface SandboxCloud {
  /** Makes sure the cloud runs (again) and says where: its ports change with every start. */
  ensure: () => Promise<{ grpcPort: number, apiUrl: string, pid: number }>
  control: SandboxControl
  /** This process does not use the cloud any more; it ends with its last user. */
  release: () => Promise<void>
}

interface Live { port: PortFile, send: Send }

/**
 * Finds the sandbox cloud of a data directory, or starts it, and registers this process as its user. Throws when it
 * does not come up in 30 seconds; its output is in `sandbox-aws.log` in that directory.
 */
export async function attachSandboxCloud (options: AttachOptions): Promise<SandboxCloud> {
  const user: SandboxUser = { id: randomUUID(), pid: process.pid, startTime: await startTimeOf(process.pid) ?? '' }
  let live: Promise<Live> | undefined
  let released = false
  // The world keeps its speed: a cloud that is started again has the speed that was set last.
  let { speed } = options
  const current = async (): Promise<Live> => {
    if (released) throw new Error('the sandbox cloud was released')
    live ??= findOrStart({ ...options, speed }, user).catch((error: unknown) => { live = undefined; throw error })
    return live
  }
  const ensure = async (): Promise<Live> => {
    const known = await current()
    if (await isUp(known)) return known
    live = undefined
    return current()
  }
  const send: Send = async (...request) => {
    try {
      return await (await current()).send(...request)
    } catch (error) {
      // Only what certainly was not done, or may be done twice, is sent again.
      const isRepeatable = SANDBOX_CALLS[request[0]].method !== 'POST' || isRefusedConnection(error)
      if (error instanceof ControlError || !isRepeatable) throw error
      return (await ensure()).send(...request)
    }
  }
  await current()
  speed = undefined
  return {
    ensure: async () => {
      const { port } = await ensure()
      return { grpcPort: port.grpcPort, apiUrl: port.apiUrl, pid: port.pid }
    },
    control: callsOver(send),
    release: async () => {
      if (released) return
      const known = await live?.catch(() => undefined)
      released = true
      // A cloud that is gone needs no release.
      await known?.send('release', user).catch(() => {})
    }
  }
}

async function findOrStart (options: AttachOptions, user: SandboxUser): Promise<Live> {
  const deadline = Date.now() + START_DEADLINE_MS
  let child: ChildProcess | undefined
  while (Date.now() < deadline) {
    options.signal?.throwIfAborted()
    const found = await register(options, user)
    if (found) {
      // Another process was faster: a slow start of ours would otherwise run on, with nobody to use it.
      if (child && child.pid !== found.port.pid) child.kill()
      return found
    }
    // A child that ended was too late, or found one that was just ending: then another is needed.
    if (child?.exitCode) {
      throw new Error(`the sandbox AWS ended with code ${child.exitCode}; see ${logFile(options.dataDir)}`)
    }
    if (!child || child.exitCode === 0 || child.signalCode !== null) child = start(options)
    await delay(25, undefined, options.signal ? { signal: options.signal } : {})
  }
  throw new Error(`the sandbox AWS did not start in ${START_DEADLINE_MS / 1000} s; see ${logFile(options.dataDir)}`)
}

/** Registers with the cloud the port file names; undefined when there is none that answers. */
async function register (options: AttachOptions, user: SandboxUser): Promise<Live | undefined> {
  const port = await readPortFile(options.dataDir)
  if (!port) return undefined
  const send = sender(port.controlUrl, port.token)
  try {
    await send('attach', user)
    if (options.speed !== undefined) await send('setSpeed', { speed: options.speed })
    return { port, send }
  } catch (error) {
    // A stale file may name a port that now belongs to somebody else, who answers in their own way.
    if (error instanceof ControlError && error.status === 400) throw error
    return undefined
  }
}

async function isUp (live: Live): Promise<boolean> {
  try {
    await sender(live.port.controlUrl, live.port.token, 5_000)('speed', {})
    return true
  } catch {
    return false
  }
}

function isRefusedConnection (error: unknown): boolean {
  const cause = error instanceof Error ? error.cause as NodeJS.ErrnoException | undefined : undefined
  return cause?.code === 'ECONNREFUSED'
}

/**
 * Detached, with its output in a file and without our environment: it outlives this process and gets none of its
 * secrets. Where this process keeps compiled code, it does too.
 */
function start (options: AttachOptions): ChildProcess {
  mkdirSync(options.dataDir, { recursive: true })
  const log = openSync(logFile(options.dataDir), 'a', 0o600)
  try {
    const speed = options.speed === undefined ? [] : ['--speed', String(options.speed)]
    const main = fileURLToPath(new URL('./main.ts', import.meta.url))
    const compileCache = getCompileCacheDir()
    const child = spawn(options.nodePath ?? process.execPath, [main, '--data', options.dataDir, ...speed], {
      detached: true,
      stdio: ['ignore', log, log],
      env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }
    })
    child.on('error', (error) => { options.log?.(`the sandbox AWS could not be started: ${error.message}`) })
    child.unref()
    options.log?.(`starting the sandbox AWS of ${options.dataDir}, pid ${child.pid ?? 0}`)
    return child
  } finally {
    closeSync(log)
  }
}
