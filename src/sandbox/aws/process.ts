import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Server } from 'node:net'
import { serveApi } from './api/server.ts'
import { serveControl } from './control/server.ts'
import { isRunning } from '../../host-processes.ts'
import type { SandboxStats, SandboxUser } from '../../schemas/sandbox-control.ts'
import { readJournalLine } from './journal-lines.ts'
import { ApiError } from './model/errors.ts'
import type { HttpServer } from './http.ts'
import { takeLock } from './lock.ts'
import { removePortFile, writePortFile } from './port-file.ts'
import { finishCreate, finishDelete } from './provider/lifecycle.ts'
import { serveProvider, type ProviderServer } from './provider/server.ts'
import { resourceTypes } from './services/index.ts'
import { World } from './world/world.ts'

/** A cloud nobody uses any more (no live user, no engine) ends after this long. */
const ABANDONED_SECONDS = 600
/** How often it looks for users in that time. */
const CHECKS = 40

export interface CloudOptions { dataDir: string, speed?: number, abandonedSeconds?: number }

/** The sandbox cloud of one data directory, from start to stop. */
export class CloudProcess {
  readonly #dataDir: string
  readonly #world: World
  readonly #lock: Server
  readonly #token = randomBytes(24).toString('base64url')
  readonly #startedAt = new Date().toISOString()
  readonly #ending = new AbortController()
  readonly #users = new Map<string, SandboxUser>()
  readonly #timer: NodeJS.Timeout
  #provider: ProviderServer | undefined
  #api: HttpServer | undefined
  readonly #apiCalls = new Map<string, number>()
  #control: HttpServer | undefined
  #released = false
  readonly #abandonedMs: number
  #usedAt = Date.now()
  #stop: Promise<void> | undefined

  private constructor (options: CloudOptions, world: World, lock: Server) {
    this.#dataDir = options.dataDir
    this.#world = world
    this.#lock = lock
    this.#abandonedMs = (options.abandonedSeconds ?? ABANDONED_SECONDS) * 1000
    this.#timer = setInterval(() => { this.#endIfAbandoned().catch(fatal) }, this.#abandonedMs / CHECKS)
  }

  /** Starts the cloud of this directory; undefined when it already runs. */
  static async start (options: CloudOptions): Promise<CloudProcess | undefined> {
    const { dataDir, speed } = options
    mkdirSync(dataDir, { recursive: true })
    const lock = await takeLock(dataDir)
    if (!lock) return undefined
    const world = await World.open(join(dataDir, 'sandbox-aws.journal'), readJournalLine)
    finishInterrupted(world)
    if (speed !== undefined && speed !== world.speed) world.speed = speed
    const cloud = new CloudProcess(options, world, lock)
    await cloud.#serve()
    return cloud
  }

  async #serve (): Promise<void> {
    const world = this.#world
    this.#provider = await serveProvider({
      world,
      ending: this.#ending.signal,
      onIdle: () => {
        this.#endIfUnused().catch(fatal)
      }
    })
    this.#api = await serveApi({ world, ending: this.#ending.signal, calls: this.#apiCalls })
    this.#control = await serveControl({
      world,
      token: this.#token,
      host: {
        stats: () => this.#stats(),
        attach: (user) => { this.#attach(user) },
        release: async (user) => this.#release(user)
      }
    })
    await world.settled()
    writePortFile(this.#dataDir, {
      pid: process.pid,
      startedAt: this.#startedAt,
      grpcPort: this.#provider.port,
      apiUrl: this.#api.url,
      controlUrl: this.#control.url,
      token: this.#token
    })
  }

  #attach (user: SandboxUser): void {
    if (this.#stop) throw new ApiError('Ending', 'the sandbox AWS is just ending', 503)
    this.#users.set(user.id, user)
    this.#released = false
    this.#usedAt = Date.now()
  }

  async #release (user: SandboxUser): Promise<void> {
    this.#users.delete(user.id)
    this.#released = true
    await this.#forgetDead()
    // The caller's answer goes out first.
    setTimeout(() => { this.#endIfUnused().catch(fatal) }, 20)
  }

  async #forgetDead (): Promise<void> {
    for (const [key, user] of this.#users) if (!await isRunning(user)) this.#users.delete(key)
  }

  /** Ends when the last user released the cloud; one that was merely killed leaves it running, as a cloud would be. */
  async #endIfUnused (): Promise<void> {
    if (this.#released && this.#users.size === 0 && this.#provider?.connections() === 0) await this.stop()
  }

  async #endIfAbandoned (): Promise<void> {
    await this.#forgetDead()
    if (this.#users.size > 0 || (this.#provider?.connections() ?? 0) > 0) this.#usedAt = Date.now()
    if (Date.now() - this.#usedAt > this.#abandonedMs) await this.stop()
    await this.#endIfUnused()
  }

  #stats (): SandboxStats {
    const byType: Record<string, number> = {}
    const items = [...this.#world.items.values()].filter((item) => !item.builtIn)
    for (const item of items) byType[item.type] = (byType[item.type] ?? 0) + 1
    return {
      pid: process.pid,
      startedAt: this.#startedAt,
      speed: this.#world.speed,
      resources: items.length,
      byType,
      calls: Object.fromEntries([...this.#provider?.calls ?? [], ...this.#apiCalls]),
      connections: this.#provider?.connections() ?? 0,
      users: this.#users.size
    }
  }

  /** Stops serving, keeps the world, and gives the directory back. May be called twice. */
  async stop (): Promise<void> {
    this.#stop ??= this.#end()
    await this.#stop
  }

  async #end (): Promise<void> {
    clearInterval(this.#timer)
    removePortFile(this.#dataDir, this.#token)
    this.#ending.abort()
    await Promise.allSettled([this.#provider?.close(), this.#api?.close(), this.#control?.close()])
    await this.#world.close()
    const unlocked = once(this.#lock, 'close')
    this.#lock.close()
    await unlocked
  }
}

/** An error outside of a request ends the process; the next user starts it again with the same world. */
export function fatal (error: Error): never {
  throw error
}

/** Finishes what the last run had begun: AWS finishes it also when the caller goes away. */
function finishInterrupted (world: World): void {
  for (const item of [...world.items.values()]) {
    const type = resourceTypes.get(item.type)
    if (!type) continue
    if (item.status === 'deleting') finishDelete(type, item, world)
    else if (item.status !== 'active') finishCreate(type, item.key, world)
  }
}
