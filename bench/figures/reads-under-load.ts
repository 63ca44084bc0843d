import type { BenchOptions, Figure, Row } from '../figure.ts'
import { besideBareRoute, type Target } from '../setup/bare-route.ts'
import { onEachDatabase, type Kind } from '../setup/databases.ts'
import type { Latencies, Load } from '../setup/open-loop.ts'
import { throughService, whileOperating } from '../setup/operations.ts'
import { startProgram } from '../setup/program-process.ts'
import { withBenchSetup } from '../setup/bench-setup.ts'
import { interleave, median } from '../setup/statistics.ts'

const OPERATIONS = 4
const PER_SECOND = 200
const SECONDS_PER_ROUND = 5

/**
 * 99 of 100 reads at 200 per second, asked in an open loop, while the service runs four operations all the time;
 * against a bare route that does nothing else, on the same machine and in the same minutes.
 */
export const readsUnderLoad: Figure = {
  name: 'reads-under-load',
  measure: async (options) => onEachDatabase(async (kind) => compare(kind, options))
}

async function compare ({ name, fresh }: Kind, { engine, rounds }: BenchOptions): Promise<Row> {
  return withBenchSetup({ engine, databaseUrl: await fresh(), concurrency: OPERATIONS }, async (setup) => {
    const { service, bare } = await besideBareRoute(setup)
    const caller = setup.stopAtEnd(await startProgram('open-loop', {}))
    const measure = (target: Target) => async () => {
      const load: Load = { ...target, perSecond: PER_SECOND, seconds: SECONDS_PER_ROUND }
      return await caller.ask(load) as Latencies
    }
    const measured = await whileOperating(throughService(setup), OPERATIONS, async () =>
      interleave(rounds, { service: measure(service), bare: measure(bare) }))
    const p99 = (latencies: Latencies[]): number => median(latencies.map((each) => each.p99))
    return {
      title: `p99 of reads at ${PER_SECOND}/s while ${OPERATIONS} operations run / bare route, ${name}`,
      measured: p99(measured.service) / p99(measured.bare),
      budget: { atMost: 2 },
      detail: `p50, p99, the caller's own delay: ${describe(measured.service)}; bare ${describe(measured.bare)}`
    }
  })
}

function describe (latencies: Latencies[]): string {
  const medians = (['p50', 'p99', 'late99'] as const).map((name) => median(latencies.map((each) => each[name])))
  return `${medians.map((milliseconds) => milliseconds.toFixed(1)).join(', ')} ms`
}
