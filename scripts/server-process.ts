import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { isEnding, registerCleanup } from './cleanup.ts'

/** A service in a process and a folder of its own. */
export interface Server {
  readonly base: string
  readonly engine: string
  readonly dataDir: string
  readonly process: ChildProcess
  /** Stops it as Ctrl-C would and removes its folder. */
  stop (): Promise<void>
}

export interface ServerOptions {
  readonly speed: number
  /** Settings besides, by the name of their environment variable. */
  readonly settings?: Readonly<Record<string, string>>
  /** Kept after the stop where it is given. */
  readonly dataDir?: string
  /** Where its log goes once it listens; nowhere by default. */
  readonly log?: Writable
}

const MAIN = fileURLToPath(new URL('../src/server/main.ts', import.meta.url))

/**
 * Starts the service as `npm start` does, on a free port.
 * @throws Error with what it printed when it ends before it listens
 */
export async function startServer ({ speed, settings = {}, dataDir: given, log }: ServerOptions): Promise<Server> {
  if (isEnding()) throw new Error('a signal ends this script')
  const dataDir = given ?? await mkdtemp(join(tmpdir(), 'batchyard-'))
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...serverEnvironment(),
      BATCHYARD_CLOUD: 'sandbox',
      BATCHYARD_DATA: dataDir,
      BATCHYARD_PORT: '0',
      BATCHYARD_SANDBOX_SPEED: String(speed),
      ...settings
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const stop = registerCleanup(async () => {
    await stopProcess(child)
    if (given === undefined) await rm(dataDir, { recursive: true, force: true })
  })
  const { address, engine } = await listening(child, log)
  return { base: address, engine, dataDir, process: child, stop }
}

async function stopProcess (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Settings of the shell are for the service it runs, not for this one: only what chooses the engine is taken over. */
export function serverEnvironment (): NodeJS.ProcessEnv {
  const taken = ['BATCHYARD_ENGINE', 'BATCHYARD_PULUMI_ROOT']
  const isSetting = (name: string): boolean =>
    name.startsWith('BATCHYARD_') || name === 'DATABASE_URL' || name === 'NODE_ENV'
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => taken.includes(name) || !isSetting(name)))
}

async function listening (
  child: ChildProcess,
  log: Writable | undefined
): Promise<{ address: string, engine: string }> {
  if (!child.stdout || !child.stderr) throw new Error('the service has no output')
  const printed: string[] = []
  child.stderr.on('data', (text: Buffer) => {
    printed.push(text.toString())
  })
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line)
    const entry = JSON.parse(line) as { msg: string, address: string, engine: string }
    if (entry.msg !== 'listening') continue
    // A pipe that nobody reads would be full in the end, and stop the service.
    if (log) child.stdout.pipe(log, { end: false })
    else child.stdout.resume()
    return entry
  }
  throw new Error(`the service did not start:\n${printed.join('\n')}`)
}
