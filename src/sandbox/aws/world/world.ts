import type { ScriptedFault } from './fault.ts'
import type { WorldChange } from './change.ts'
import type { Item, AccountRegion } from './item.ts'
import type { BatchJob } from './job.ts'
import { Journal } from './journal.ts'

/**
 * Everything that exists, in memory and in one journal. Changes apply at once; `settled()` says when they are on the
 * disk, and nothing is answered before that.
 */
export class World {
  readonly items = new Map<string, Item>()
  readonly faults = new Map<string, ScriptedFault>()
  /** Batch jobs by id, also those that have ended. They stay when their queue is deleted. */
  readonly jobs = new Map<string, BatchJob>()
  /** Ids of what every account has, where it was removed: it is not put there again. */
  readonly removedSeeds = new Set<string>()
  readonly #byType = new Map<string, Map<string, Item>>()
  readonly #counters = new Map<string, number>()
  #journal: Journal | undefined
  #speed = 1
  #failed: Error | undefined

  /** Opens the world kept in `path`, or begins an empty one there. `read` understands the lines of older versions. */
  static async open (path: string, read: (line: unknown) => WorldChange[]): Promise<World> {
    const world = new World()
    const replay = (line: unknown): void => { for (const change of read(line)) world.#apply(change) }
    world.#journal = await Journal.open(path, replay, () => world.#snapshot())
    return world
  }

  /** Wall-clock seconds per AWS second: 0 is at once, 1 as long as AWS takes. */
  get speed (): number { return this.#speed }
  set speed (speed: number) { this.#change({ speed }) }

  ofType (type: string): Item[] {
    return [...this.#byType.get(type)?.values() ?? []]
  }

  /** The resources of one type in one account and region, oldest first. */
  inRegion (type: string, where: AccountRegion): Item[] {
    return this.ofType(type).filter((item) => item.account === where.account && item.region === where.region)
  }

  put (item: Item): void { this.#change({ put: item }) }
  drop (key: string): void { this.#change({ drop: key }) }
  putFault (fault: ScriptedFault): void { this.#change({ fault }) }
  dropFault (id: string): void { this.#change({ unfault: id }) }
  putJob (job: BatchJob): void { this.#change({ job }) }
  removeSeed (id: string): void { this.#change({ removedSeed: id }) }
  reset (): void { this.#change({ reset: true }) }

  /** The next number of a series: revisions go on counting after a deregistration, as AWS's do. */
  next (series: string): number {
    const value = (this.#counters.get(series) ?? 0) + 1
    this.#change({ counter: [series, value] })
    return value
  }

  /** Resolves once every change so far is durable; rejects when the disk refused one. */
  async settled (): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed
    await this.#journal?.settled()
  }

  async close (): Promise<void> {
    await this.#journal?.close()
  }

  #change (change: WorldChange): void {
    this.#apply(change)
    this.#journal?.append(change).catch((error: Error) => { this.#failed ??= error })
  }

  #apply (change: WorldChange): void {
    if (change.reset) this.#clear()
    if (change.put) this.#index(change.put)
    if (change.drop !== undefined) this.#forget(change.drop)
    if (change.counter) this.#counters.set(...change.counter)
    if (change.fault) this.faults.set(change.fault.id, change.fault)
    if (change.unfault !== undefined) this.faults.delete(change.unfault)
    if (change.job) this.jobs.set(change.job.id, change.job)
    if (change.speed !== undefined) this.#speed = change.speed
    if (change.removedSeed !== undefined) this.removedSeeds.add(change.removedSeed)
  }

  #index (item: Item): void {
    this.items.set(item.key, item)
    const group = this.#byType.get(item.type) ?? new Map<string, Item>()
    this.#byType.set(item.type, group.set(item.key, item))
  }

  #forget (key: string): void {
    const item = this.items.get(key)
    this.items.delete(key)
    if (item) this.#byType.get(item.type)?.delete(key)
  }

  #clear (): void {
    const parts = [this.items, this.faults, this.jobs, this.removedSeeds, this.#byType, this.#counters]
    for (const part of parts) part.clear()
  }

  #snapshot (): WorldChange[] {
    return [
      { speed: this.#speed },
      ...[...this.#counters].map((counter) => ({ counter })),
      ...[...this.faults.values()].map((fault) => ({ fault })),
      ...[...this.jobs.values()].map((job) => ({ job })),
      ...[...this.removedSeeds].map((removedSeed) => ({ removedSeed })),
      ...[...this.items.values()].map((put) => ({ put }))
    ]
  }
}
