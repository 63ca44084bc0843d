import { Gauge } from 'prom-client'
import type { Engine } from '../engine/types.ts'
import type { Context } from '../operations/context.ts'
import { OPERATION_KINDS } from '../schemas/operation.ts'
import { backlogOf } from '../store/queries/operations.ts'

/** Adds gauges that are read when they are scraped, so that they cost nothing in between. */
export function observe ({ metrics, database, log }: Context, engine: Engine | undefined): void {
  const registers = [metrics.registry]
  const logged = (read: () => Promise<void>) => async () =>
    read().catch((error: unknown) => { log.warn({ err: error }, 'gauges could not be read') })

  const queueDepth = new Gauge({
    name: 'batchyard_queue_depth',
    help: 'Operations that wait, for a worker or for another of their environment',
    labelNames: ['kind'],
    registers,
    collect: logged(async () => {
      const { counts } = await backlogOf(database.db)
      for (const kind of OPERATION_KINDS) {
        const waiting = counts.find((each) => each.kind === kind && each.state === 'queued')
        queueDepth.set({ kind }, waiting?.count ?? 0)
      }
    })
  })
  const runnerMemory = new Gauge({
    name: 'batchyard_runner_resident_bytes',
    help: 'Resident memory of all runner processes together',
    registers,
    collect: logged(async () => { runnerMemory.set((await engine?.usage())?.residentBytes ?? 0) })
  })
  const runners = new Gauge({
    name: 'batchyard_runners',
    help: 'Runner processes alive',
    registers,
    collect: logged(async () => { runners.set((await engine?.usage())?.count ?? 0) })
  })
}
