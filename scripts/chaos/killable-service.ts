import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isEnding, registerCleanup } from '../cleanup.ts'
import { startServer, type Server } from '../server-process.ts'
import { familyOf, kill, startedServices, type Family, type Part } from './processes.ts'

/** A service that is killed and started again on one data folder, and the cloud beside it that stays. */
export interface KillableService {
  readonly dataDir: string
  readonly database: string
  readonly engine: string
  /** Where it listens now. */
  base (): string
  family (): Family
  /** Kills all processes of these sorts at once, and starts the service again if it was among them; who was killed. */
  strike (parts: readonly Part[], options: { readonly startAfterMs?: number | undefined }): Promise<Part[]>
  /** Stops it in order. The folder stays where somebody wants to look into it. */
  close (options: { readonly keep: boolean }): Promise<void>
}

export interface KillableServiceOptions {
  readonly engine: 'sandbox' | 'pulumi'
  /** A Postgres server's database instead of the embedded one. */
  readonly databaseUrl: string | undefined
}

/**
 * The cloud's calls take so long, half before something happens and half after, so that a kill meets them in progress.
 */
const CALL_SECONDS = 0.1

const SETTINGS = { BATCHYARD_RETRY_SECONDS: '0.2', BATCHYARD_WORKER_CONCURRENCY: '2' }

/** Starts a service in a folder of its own. */
export async function startKillableService ({ engine, databaseUrl }: KillableServiceOptions): Promise<KillableService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-chaos-'))
  let kept = false
  const remove = registerCleanup(async () => {
    while (familyOf(undefined, dataDir).engine.length > 0) await delay(100)
    if (!kept) await rm(dataDir, { recursive: true, force: true })
  })
  const log = createWriteStream(join(dataDir, 'service.log'), { flags: 'a' })
  const settings = {
    ...SETTINGS,
    BATCHYARD_ENGINE: engine,
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl })
  }
  const start = async (): Promise<Server> => startServer({ speed: 0, dataDir, settings, log })
  let server = await start()
  const family = (): Family => familyOf(server.process.pid, dataDir)
  await slowDown(server.base)
  return {
    dataDir,
    database: databaseUrl === undefined ? 'PGlite' : 'Postgres',
    engine: server.engine,
    base: () => server.base,
    family,
    async strike (parts, { startAfterMs }) {
      const found = family()
      // All at once: nothing happens between one and the next that could clean up after it.
      const killed = parts.filter((part) => found[part].map(kill).includes(true))
      if (!parts.includes('service')) return killed
      await hasExited(server)
      if (startAfterMs !== undefined) await killWhileStarting(start(), startAfterMs)
      server = await start()
      return killed
    },
    async close ({ keep }) {
      await server.stop()
      log.end()
      kept = keep && !isEnding()
      await remove()
    }
  }
}

async function hasExited ({ process: { exitCode, signalCode }, process: child }: Server): Promise<void> {
  if (exitCode === null && signalCode === null) await once(child, 'exit')
}

/** It may have been done with starting. */
async function killWhileStarting (starting: Promise<Server>, afterMs: number): Promise<void> {
  const ended = starting.then(hasExited, () => undefined)
  await delay(afterMs)
  for (const pid of startedServices()) kill(pid)
  await ended
}

async function slowDown (base: string): Promise<void> {
  for (const on of ['create', 'update', 'delete'] as const) {
    for (const at of ['request', 'response'] as const) {
      const response = await fetch(`${base}/sandbox/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'slow', on, at, seconds: CALL_SECONDS / 2, count: 0 })
      })
      if (!response.ok) throw new Error(`the cloud cannot be slowed down: ${await response.text()}`)
    }
  }
}
