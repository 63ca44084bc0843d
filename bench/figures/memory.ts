import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions, Figure, Row } from '../figure.ts'
import { live, OPERATIONS_PER_LIFE, throughService } from '../setup/operations.ts'
import { withScene, type Scene } from '../setup/scene.ts'

const WARM = 100
const CONCURRENCY = 4
/** Nothing runs; V8 collects what is left of what ran when a process has been idle for some seconds. */
const QUIET_SECONDS = 20

/** Resident memory of the service and its runners after many operations, against what it was once everything had been used. */
export const memory: Figure = {
  name: 'memory',
  measure: async options => [await compare(options)]
}

async function compare ({ engine, operations }: BenchOptions): Promise<Row> {
  return withScene({ engine, concurrency: CONCURRENCY }, async scene => {
    const before = await memoryAfter(scene, WARM)
    const after = await memoryAfter(scene, operations - WARM)
    return {
      title: `memory after ${operations} operations / after ${WARM}`,
      measured: after.total / before.total,
      budget: { atMost: 1.05 },
      detail: `service ${mib(after.service)}, ${mib(before.service)}; each of ${CONCURRENCY} runners ${mib(after.runner)}, ${mib(before.runner)}`
    }
  })
}

interface Memory {
  readonly service: number
  readonly runner: number
  readonly total: number
}

/**
 * Bytes, once so many more operations have ended and nothing has run for a while. Runners are replaced by age, one by one, so
 * how many there are just now is chance: a full pool is counted, of the mean of those there are.
 */
async function memoryAfter (scene: Scene, operations: number): Promise<Memory> {
  await live(throughService(scene), { count: Math.ceil(operations / OPERATIONS_PER_LIFE), atOnce: CONCURRENCY })
  await sleep(QUIET_SECONDS * 1000)
  const { data } = await scene.client.GET('/metrics', { parseAs: 'text' })
  const gauge = (name: string): number => Number(new RegExp(`^batchyard_${name} (\\S+)$`, 'm').exec(String(data))?.[1])
  const service = gauge('process_resident_memory_bytes')
  const runner = gauge('runner_resident_bytes') / gauge('runners')
  return { service, runner, total: service + CONCURRENCY * runner }
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
