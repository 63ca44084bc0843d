import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions, Figure, Row } from '../figure.ts'
import { readMetrics } from '../setup/metrics.ts'
import { live, OPERATIONS_PER_LIFE, throughService } from '../setup/operations.ts'
import { withBenchSetup, type BenchSetup } from '../setup/bench-setup.ts'

/** A runner is replaced after 25 runs: so many operations see each of four at every age. */
const WARM = 100
const CONCURRENCY = 4
const LOOK_EVERY_MS = 500
/** For what an operation leaves to be done after its end. */
const QUIET_MS = 5_000
const COLLECTION_MS = 2_000

/** Memory of the service and its runners after many operations, against what it was once everything had been used. */
export const memory: Figure = {
  name: 'memory',
  measure: async (options) => [await compare(options)]
}

async function compare ({ engine, operations }: BenchOptions): Promise<Row> {
  return withBenchSetup({ engine, concurrency: CONCURRENCY }, async (setup) => {
    const before = await memoryAfter(setup, WARM)
    await operate(setup, operations - 2 * WARM)
    const after = await memoryAfter(setup, WARM)
    const service = `service ${mib(after.service)}, ${mib(before.service)}`
    const runners = `each of ${CONCURRENCY} runners ${mib(after.runner)}, ${mib(before.runner)}`
    return {
      title: `memory after ${operations} operations / after ${WARM}`,
      measured: after.total / before.total,
      budget: { atMost: 1.05 },
      detail: `${service}; ${runners}`
    }
  })
}

const operate = async (setup: BenchSetup, operations: number): Promise<void> =>
  live(throughService(setup), { count: Math.ceil(operations / OPERATIONS_PER_LIFE), atOnce: CONCURRENCY })

interface Memory {
  readonly service: number
  readonly runner: number
  readonly total: number
}

/**
 * Resident bytes: a runner's as the mean while so many more operations run, the service's after them and after a full
 * collection. V8 lets a heap with 70 MiB in use grow to 380 MiB before it collects, so an uncollected one tells of the
 * moment.
 */
async function memoryAfter (setup: BenchSetup, operations: number): Promise<Memory> {
  const over = new AbortController()
  const runners = meanOfRunners(setup, over.signal)
  await operate(setup, operations).finally(() => { over.abort() })
  const runner = await runners
  await sleep(QUIET_MS)
  setup.collectGarbage()
  await sleep(COLLECTION_MS)
  const service = (await readMetrics(setup.client))('process_resident_memory_bytes')
  return { service, runner, total: service + CONCURRENCY * runner }
}

async function meanOfRunners (setup: BenchSetup, over: AbortSignal): Promise<number> {
  const seen: number[] = []
  while (!over.aborted) {
    const metric = await readMetrics(setup.client)
    if (metric('runners') > 0) seen.push(metric('runner_resident_bytes') / metric('runners'))
    await sleep(LOOK_EVERY_MS)
  }
  return seen.reduce((sum, bytes) => sum + bytes, 0) / seen.length
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
