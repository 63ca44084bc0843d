import { addFault, clearFaults } from '../../test/support/http/faults.ts'
import { fewerOf, type BenchOptions, type Figure, type Row } from '../figure.ts'
import type { Delivered } from '../setup/event-readers.ts'
import { readMetrics } from '../setup/metrics.ts'
import { startProgram, type ProgramProcess } from '../setup/program-process.ts'
import { bearer, post, remove, withBenchSetup, type BenchSetup } from '../setup/bench-setup.ts'
import { interleave, median } from '../setup/statistics.ts'

const READERS = 1_000

/** What readers of one operation's event stream cost the process that serves them. */
export const sse: Figure = {
  name: 'sse',
  measure: async ({ engine, rounds }: BenchOptions) => withBenchSetup({ engine }, async (setup) => {
    const readers = setup.stopAtEnd(await startProgram('event-readers', {}))
    const followed = async (count: number): Promise<Followed> => follow(setup, readers, count)
    // Before there ever were many: what they make the process grow by stays with it.
    const alone = await followed(1)
    const { one, many } = await interleave(fewerOf(rounds), {
      one: async () => followed(1),
      many: async () => followed(READERS)
    })
    return rowsOf(alone, one, many)
  })
}

/** An operation from the moment all readers were there, with most of its events still to come. */
interface Followed extends Delivered {
  /** Of the service's process, from the first reader's request until all were there. */
  readonly openingSeconds: number
  /** Of the service's process, until every reader had the end. */
  readonly cpuSeconds: number
  readonly storeReads: number
  /** Of the service's process, with all readers there and what it read for them. */
  readonly residentBytes: number
}

async function follow (setup: BenchSetup, readers: ProgramProcess, count: number): Promise<Followed> {
  await addFault(setup.client, { kind: 'hang', on: 'create', count: 0 })
  const { id, operation } = await post(setup)
  const start = await usage(setup)
  await readers.ask({
    open: { url: `${setup.base}/operations/${operation.id}/events`, headers: bearer(setup), readers: count }
  })
  const before = await usage(setup)
  await clearFaults(setup.client)
  const delivered = await readers.ask({ end: true }) as Delivered
  const after = await usage(setup)
  await remove(setup, id)
  return {
    ...delivered,
    openingSeconds: before.cpuSeconds - start.cpuSeconds,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    storeReads: after.storeReads - before.storeReads,
    residentBytes: before.residentBytes
  }
}

async function usage ({
  client
}: BenchSetup): Promise<{ cpuSeconds: number, storeReads: number, residentBytes: number }> {
  const value = await readMetrics(client)
  return {
    cpuSeconds: value('process_cpu_seconds_total'),
    storeReads: value('event_reads_total'),
    residentBytes: value('process_resident_memory_bytes')
  }
}

function rowsOf (alone: Followed, one: readonly Followed[], many: readonly Followed[]): Row[] {
  const middle = (rounds: readonly Followed[], of: (followed: Followed) => number): number => median(rounds.map(of))
  const [cpu, cpuOfOne] = [many, one].map((rounds) => middle(rounds, ({ cpuSeconds }) => cpuSeconds)) as [
    number,
    number
  ]
  const [reads, readsOfOne] = [many, one].map((rounds) => middle(rounds, ({ storeReads }) => storeReads)) as [
    number,
    number
  ]
  const opening = middle(many, ({ openingSeconds }) => openingSeconds)
  const resident = Math.max(...many.map(({ residentBytes }) => residentBytes))
  const events = middle(many, (each) => each.events)
  const perReader = (total: number, of: number, unit: number): string => ((total - of) / READERS * unit).toFixed(2)
  return [
    {
      title: `${READERS} readers of one operation that got every event in order`,
      measured: Math.min(...many.map(({ complete }) => complete)),
      budget: { atLeast: READERS },
      detail: `${events} events each`
    },
    {
      title: `CPU of the service during an operation, ${READERS} readers / 1`,
      measured: cpu / cpuOfOne,
      budget: { atMost: 8 },
      detail:
        `${cpu.toFixed(2)} s, ${cpuOfOne.toFixed(2)} s: ${perReader(cpu, cpuOfOne, 1000)} ms a reader; ` +
        `to open it ${perReader(opening, 0, 1000)} ms`
    },
    {
      title: `reads of the store during it, ${READERS} readers / 1`,
      measured: reads / readsOfOne,
      budget: { atMost: 2 },
      detail: `${reads}, ${readsOfOne}`
    },
    {
      title: `memory of the service with ${READERS} readers / with 1`,
      measured: resident / alone.residentBytes,
      budget: { atMost: 1.3 },
      detail: `${perReader(resident, alone.residentBytes, 1 / 1024)} KiB a reader`
    }
  ]
}
