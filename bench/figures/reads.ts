import autocannon from 'autocannon'
import type { BenchOptions, Figure, Row } from '../figure.ts'
import { besideBareRoute, type Target } from '../setup/bare-route.ts'
import { onEachDatabase, type Kind } from '../setup/databases.ts'
import { ask } from '../setup/naive-client.ts'
import type { ProgramProcess } from '../setup/program-process.ts'
import { comparisonInput, withBenchSetup } from '../setup/bench-setup.ts'
import { interleave, median } from '../setup/statistics.ts'

const CONNECTIONS = 16
const SECONDS_PER_ROUND = 3

/** `GET …/outputs` with a team's key, requests per second, against a bare route with the same payload. */
export const reads: Figure = {
  name: 'reads',
  measure: async (options) => onEachDatabase(async (kind) => compare(kind, options))
}

async function compare ({ name, fresh }: Kind, { engine, rounds }: BenchOptions): Promise<Row> {
  return withBenchSetup({ engine, databaseUrl: await fresh() }, async (setup) => {
    const { service, bare } = await besideBareRoute(setup)
    const measured = await interleave(rounds, {
      service: async () => requestsPerSecond(service),
      bare: async () => requestsPerSecond(bare)
    })
    const naive = await naiveReads(await setup.startComparison('naive'))
    const [ours, theirs] = [median(measured.service), median(measured.bare)]
    return {
      title: `reads of outputs with a key / bare route, ${name}`,
      measured: ours / theirs,
      budget: { atLeast: 0.5 },
      naive: naive / theirs,
      detail: `requests per second: ${ours.toFixed(0)}, bare ${theirs.toFixed(0)}, naive ${naive.toFixed(1)}`
    }
  })
}

async function requestsPerSecond ({ url, headers }: Target): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({
    url,
    headers,
    connections: CONNECTIONS,
    duration: SECONDS_PER_ROUND
  })
  if (non2xx + errors > 0) throw new Error(`${non2xx} answers of ${url} were no success, ${errors} requests failed`)
  return requests.average
}

/** The naive service starts engines for each read: a few, one after the other, are enough to know its rate. */
async function naiveReads (naive: ProgramProcess): Promise<number> {
  const input = comparisonInput()
  const COUNT = 5
  await ask(naive, 'POST', '/environments', input)
  const started = performance.now()
  for (let read = 0; read < COUNT; read += 1) await ask(naive, 'GET', `/environments/${input.id}/outputs`)
  return COUNT / ((performance.now() - started) / 1000)
}
