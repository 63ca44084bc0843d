import type { Engine } from '../engine/types.ts'
import type { Context } from '../operations/context.ts'
import { OPERATION_KINDS } from '../schemas/operation.ts'
import { backlogOf } from '../store/queries/operations.ts'

/** Gauges that are read when they are scraped, so that they cost nothing in between. */
export function observe ({ metrics, database, log }: Context, engine: Engine | undefined): void {
  const { registry, queueDepth, runnerMemory, runners } = metrics
  const collect = async (): Promise<void> => {
    const { counts } = await backlogOf(database.db)
    for (const kind of OPERATION_KINDS) {
      const waiting = counts.find((each) => each.kind === kind && each.state === 'queued')
      queueDepth.set({ kind }, waiting?.count ?? 0)
    }
    if (!engine) return
    const { count, residentBytes } = await engine.usage()
    runners.set(count)
    runnerMemory.set(residentBytes)
  }
  const plain = registry.metrics.bind(registry)
  registry.metrics = async () => {
    await collect().catch((error: unknown) => { log.warn({ err: error }, 'gauges could not be read') })
    return plain()
  }
}
