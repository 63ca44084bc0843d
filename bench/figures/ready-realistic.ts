import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { resourceTypes } from '../../src/sandbox/aws/services/index.ts'
import { fewerOf, type Figure } from '../figure.ts'
import { longestChain, type StateResource } from '../setup/longest-chain.ts'
import { ask } from '../setup/naive-client.ts'
import { create, comparisonInput, withBenchSetup, type BenchSetup } from '../setup/bench-setup.ts'
import { interleave, median } from '../setup/statistics.ts'

/** Of AWS's durations. What is not AWS's counts four times as much against the budget as at full length. */
const SPEED = 0.25

/**
 * From `POST /environments` to ready while the simulated AWS takes its time, against the longest chain of creations
 * that wait for one another: what nobody can be faster than.
 */
export const readyRealistic: Figure = {
  name: 'ready-realistic',
  measure: async ({ engine, rounds }) => withBenchSetup({ engine, speed: SPEED }, async (setup) => {
    const naive = await setup.startComparison('naive')
    let id = ''
    const measured = await interleave(fewerOf(rounds), {
      service: async () => secondsOf(async () => { ({ id } = await create(setup)) }),
      naive: async () => secondsOf(async () => ask(naive, 'POST', '/environments', comparisonInput()))
    })
    const chain = await chainOf(setup, id)
    const [ours, naively] = [median(measured.service), median(measured.naive)]
    return [{
      title: `POST to ready / longest chain of creations, AWS's durations x ${SPEED}`,
      measured: ours / chain,
      budget: { atMost: 1.1 },
      naive: naively / chain,
      detail: `${ours.toFixed(2)} s, chain ${chain.toFixed(2)} s, naive ${naively.toFixed(2)} s`
    }]
  })
}

async function secondsOf (work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

async function chainOf ({ dataDir }: BenchSetup, id: string): Promise<number> {
  const [file] = globSync(join(dataDir, `state/.pulumi/stacks/*/${id}.json`))
  if (file === undefined) throw new Error(`${id} has no state file`)
  const { checkpoint } = JSON.parse(await readFile(file, 'utf8')) as {
    checkpoint: { latest: { resources: StateResource[] } }
  }
  return longestChain(checkpoint.latest.resources, (type) => SPEED * (resourceTypes.get(type)?.seconds.create ?? 0))
}
