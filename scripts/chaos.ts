/**
 * `npm run chaos`: kills the service, runners and engines at chosen moments, and looks whether anything is lost.
 * Exits 1 if so.
 */
import { parseArgs } from 'node:util'
import { createDatabase, findPostgres, startPostgres } from '../test/support/database/postgres.ts'
import { describeStep, reportOf } from './chaos/report.ts'
import { cleanUpOnSignal, registerCleanup } from './cleanup.ts'
import { runChaos, type ChaosOptions } from './chaos/run.ts'

const USAGE = `npm run chaos -- [--kills N] [--seed N] [--engine sandbox|pulumi] [--database pglite|postgres]

  --kills     how many processes, or groups of them, are killed at least (20)
  --seed      what decides who is killed when (1)
  --engine    the engine that is killed (sandbox); pulumi is looked up in BATCHYARD_PULUMI_ROOT, then on PATH
  --database  pglite (the default), or postgres: new databases of the server in DATABASE_URL,
              else of one started for the run`

function readOptions () {
  const { values: { kills, seed, engine, database } } = parseArgs({
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      engine: { type: 'string', default: 'sandbox' },
      database: { type: 'string', default: 'pglite' }
    }
  })
  if (!/^[1-9]\d{0,4}$/.test(kills)) throw new Error(`--kills ${kills} is not a number from 1 to 99999`)
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`--seed ${seed} is not a number from 0 to 999999999`)
  if (engine !== 'sandbox' && engine !== 'pulumi') throw new Error(`there is no engine "${engine}"`)
  if (database !== 'pglite' && database !== 'postgres') throw new Error(`there is no database "${database}"`)
  if (process.platform !== 'linux') throw new Error('whom to kill is looked up in /proc, which only Linux has')
  return { kills: Number(kills), seed: Number(seed), engine, database } as const
}

type FreshDatabase = ChaosOptions['freshDatabase']

/** Hands over what makes databases: of the server in DATABASE_URL, of one started for the run, or embedded ones. */
async function withDatabases (
  database: 'pglite' | 'postgres',
  use: (fresh: FreshDatabase) => Promise<void>
): Promise<void> {
  if (database === 'pglite') return use(async () => undefined)
  const { DATABASE_URL: given } = process.env
  if (given !== undefined) return use(async () => createDatabase(given))
  const bin = findPostgres()
  if (bin === undefined) {
    throw new Error('there is no DATABASE_URL, and initdb is neither on PATH nor in /usr/lib/postgresql')
  }
  const server = await startPostgres(bin)
  const stop = registerCleanup(server.stop)
  try {
    await use(server.createDatabase)
  } finally {
    await stop()
  }
}

async function chaos (): Promise<void> {
  const { database, ...options } = readOptions()
  await withDatabases(database, async (freshDatabase) => {
    const report = await runChaos({
      ...options,
      freshDatabase,
      onStep: (seed, result) => {
        console.log(describeStep(seed, result))
      }
    })
    console.log(reportOf(report))
    if (report.findings.length > 0) process.exitCode = 1
  })
}

cleanUpOnSignal()
try {
  await chaos()
} catch (error) {
  process.stderr.write(`chaos: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`)
  process.exitCode = 2
}
