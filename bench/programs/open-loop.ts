/**
 * A caller who does not wait: requests at a fixed rate whatever becomes of those before (an open loop). Each latency
 * counts from the moment its request was due, so one that had to wait behind a stall, here or there, counts that wait
 * too (coordinated omission). It takes a `Load` and answers with a `Latencies`.
 */
import { Agent, get, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Latencies, Load } from '../setup/open-loop.ts'
import { percentile } from '../setup/statistics.ts'

const agent = new Agent({ keepAlive: true })

async function latencyOf ({ url, headers }: Load, due: number): Promise<number> {
  const [response] = await once(get(url, { headers, agent }), 'response') as [IncomingMessage]
  await once(response.resume(), 'end')
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`)
  return performance.now() - due
}

async function run (load: Load): Promise<Latencies> {
  const started = performance.now()
  const asked: Array<Promise<number>> = []
  const late: number[] = []
  for (let request = 0; request < load.perSecond * load.seconds; request += 1) {
    const due = started + request * 1000 / load.perSecond
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    late.push(performance.now() - due)
    asked.push(latencyOf(load, due))
  }
  const latencies = await Promise.all(asked)
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), late99: percentile(late, 0.99) }
}

process.on('message', (load: Load) => {
  run(load).then(
    (latencies) => process.send?.(latencies),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    }
  )
})
process.send?.('ready')
