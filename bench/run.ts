/** `npm run bench`: measures the budgets of the design, prints one table; exits 1 where a budget is missed. */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { cleanUpOnSignal } from '../scripts/cleanup.ts'
import { isMet, type BenchOptions, type Figure, type Row } from './figure.ts'
import { engineStarts } from './figures/engine-starts.ts'
import { listing } from './figures/listing.ts'
import { memory } from './figures/memory.ts'
import { postToReady } from './figures/post-to-ready.ts'
import { readsUnderLoad } from './figures/reads-under-load.ts'
import { reads } from './figures/reads.ts'
import { readyRealistic } from './figures/ready-realistic.ts'
import { sse } from './figures/sse.ts'
import { throughput } from './figures/throughput.ts'
import { tableOf } from './table.ts'

const FIGURES: readonly Figure[] = [
  engineStarts,
  postToReady,
  readyRealistic,
  reads,
  readsUnderLoad,
  listing,
  sse,
  throughput,
  memory
]
const NAMES = FIGURES.map(({ name }) => name).join(', ')
const USAGE = `npm run bench -- [--only NAME]... [--engine sandbox|pulumi] [--rounds N] [--operations N]

  --only        one figure, repeatable: ${NAMES}
  --engine      the engine under both sides (sandbox); pulumi is looked up in BATCHYARD_PULUMI_ROOT, then on PATH
  --rounds      interleaved rounds per figure (9); a third of them where one takes half a minute
  --operations  operations after which memory is measured (200), 200 or more; the budget speaks of 1000`

function readOptions (): BenchOptions & { figures: readonly Figure[] } {
  const { values: { only, engine, rounds, operations } } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      engine: { type: 'string', default: 'sandbox' },
      rounds: { type: 'string', default: '9' },
      operations: { type: 'string', default: '200' }
    }
  })
  const unknown = only.find((name) => !FIGURES.some((figure) => figure.name === name))
  if (unknown !== undefined) throw new Error(`there is no figure "${unknown}", only ${NAMES}`)
  if (engine !== 'sandbox' && engine !== 'pulumi') throw new Error(`there is no engine "${engine}"`)
  if (!/^[1-9]\d{0,2}$/.test(rounds)) throw new Error(`--rounds ${rounds} is not a number from 1 to 999`)
  if (!/^[1-9]\d{2,4}$/.test(operations) || Number(operations) < 200) {
    throw new Error(`--operations ${operations} is not a number from 200 to 99999`)
  }
  const figures = only.length === 0 ? FIGURES : FIGURES.filter(({ name }) => only.includes(name))
  return { figures, engine, rounds: Number(rounds), operations: Number(operations) }
}

async function bench (): Promise<void> {
  const { figures, ...options } = readOptions()
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}`
  console.log(`${machine}, ${options.engine} engine, sandbox AWS at speed 0, ${options.rounds} rounds\n`)
  const rows: Row[] = []
  for (const figure of figures) {
    process.stderr.write(`measuring ${figure.name} …\n`)
    rows.push(...await figure.measure(options))
  }
  console.log(tableOf(rows))
  const missed = rows.filter((row) => !isMet(row)).length
  console.log(missed === 0 ? '\nEvery budget is met.' : `\n${missed} of ${rows.length} budgets missed.`)
  if (missed > 0) process.exitCode = 1
}

cleanUpOnSignal()
try {
  await bench()
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`)
  process.exitCode = 2
}
