import type { Figure } from '../figure.ts'
import { ask } from '../setup/naive-client.ts'
import type { ProgramProcess } from '../setup/program-process.ts'
import { create, remove, comparisonInput, withBenchSetup, type BenchSetup } from '../setup/bench-setup.ts'
import { interleave, median } from '../setup/statistics.ts'

/** From `POST /environments` to the event that says it is ready, against `stack init` and `up` by hand. */
export const postToReady: Figure = {
  name: 'post-to-ready',
  measure: async ({ engine, rounds }) => withBenchSetup({ engine }, async (setup) => {
    const naive = await setup.startComparison('naive')
    const byHand = await setup.startComparison('by-hand')
    const measured = await interleave(rounds, {
      service: async () => throughService(setup),
      byHand: async () => throughHands(byHand),
      naive: async () => throughNaive(naive)
    })
    const [ours, hands, naively] = [median(measured.service), median(measured.byHand), median(measured.naive)]
    return [{
      title: 'POST to ready / `stack init` + `up` by hand',
      measured: ours / hands,
      budget: { atMost: 1.3 },
      naive: naively / hands,
      detail: `medians: ${seconds(ours)}, by hand ${seconds(hands)}, naive ${seconds(naively)}`
    }]
  })
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`

/** Each removes afterwards what it made, outside the measured time: the cloud is as empty for the next. */
async function throughService (setup: BenchSetup): Promise<number> {
  const started = performance.now()
  const { id } = await create(setup)
  const milliseconds = performance.now() - started
  await remove(setup, id)
  return milliseconds
}

async function throughHands (byHand: ProgramProcess): Promise<number> {
  const input = comparisonInput()
  const milliseconds = Number(await byHand.ask({ create: input }))
  await byHand.ask({ destroy: input })
  return milliseconds
}

async function throughNaive (naive: ProgramProcess): Promise<number> {
  const input = comparisonInput()
  const started = performance.now()
  await ask(naive, 'POST', '/environments', input)
  const milliseconds = performance.now() - started
  await ask(naive, 'DELETE', `/environments/${input.id}`)
  return milliseconds
}
