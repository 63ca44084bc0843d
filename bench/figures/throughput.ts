import { fewerOf, type BenchOptions, type Figure, type Row } from '../figure.ts'
import { live, OPERATIONS_PER_LIFE, throughNaive, throughService, type Life } from '../setup/operations.ts'
import { withBenchSetup } from '../setup/bench-setup.ts'
import { interleave, median } from '../setup/statistics.ts'

const CONCURRENCIES = [2, 4]
const LIVES_PER_ROUND = 4

/**
 * Creates and deletes per minute, as many at once as the service runs, against as many requests at once to the naive
 * service.
 */
export const throughput: Figure = {
  name: 'throughput',
  async measure (options) {
    const rows: Row[] = []
    for (const concurrency of CONCURRENCIES) rows.push(await compare(concurrency, options))
    return rows
  }
}

async function compare (atOnce: number, { engine, rounds }: BenchOptions): Promise<Row> {
  return withBenchSetup({ engine, concurrency: atOnce }, async (setup) => {
    const naive = throughNaive(await setup.startComparison('naive'))
    const { service, parallel, serial } = await interleave(fewerOf(rounds), {
      service: async () => operationsPerMinute(throughService(setup), atOnce),
      parallel: async () => operationsPerMinute(naive, atOnce),
      serial: async () => operationsPerMinute(naive, 1)
    })
    const [ours, naively, oneByOne] = [median(service), median(parallel), median(serial)]
    return {
      title: `operations per minute, ${atOnce} at once / naive service, ${atOnce} at once`,
      measured: ours / naively,
      budget: { atLeast: 1 },
      naive: 1,
      detail: `${ours.toFixed(0)}, naive ${naively.toFixed(0)}, naive one at a time ${oneByOne.toFixed(0)}`
    }
  })
}

async function operationsPerMinute (life: Life, atOnce: number): Promise<number> {
  const started = performance.now()
  await live(life, { count: LIVES_PER_ROUND, atOnce })
  return LIVES_PER_ROUND * OPERATIONS_PER_LIFE * 60_000 / (performance.now() - started)
}
