import type { Context } from '../operations/context.ts'

/** Gauges that are read when they are scraped, so that they cost nothing in between. */
export function observe ({ metrics, queue, engine, log }: Context): void {
  const { registry, queueDepth, runnerMemory, runners } = metrics
  const collect = async (): Promise<void> => {
    queueDepth.set(await queue.depth())
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
