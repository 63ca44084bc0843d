import autocannon from 'autocannon'
import type { BenchOptions, Figure, Row } from '../figure.ts'
import { onEachDatabase, type Kind } from '../setup/databases.ts'
import { multiplyEnvironments } from '../setup/multiply.ts'
import { bearer, create, withBenchSetup, type BenchSetup } from '../setup/bench-setup.ts'
import { interleave, median } from '../setup/statistics.ts'

const [FEW, MANY] = [100, 100_000]
const PAGE = 20
const SECONDS_PER_ROUND = 2

/**
 * A page of environments with a team's key, where there are many and where there are few: the first page, one from the
 * middle, and the first of those that are ready, in turn. Two services, each with a database of its own.
 */
export const listing: Figure = {
  name: 'listing',
  measure: async (options) => onEachDatabase(async (kind) => compare(kind, options))
}

async function compare ({ name, fresh }: Kind, { engine, rounds }: BenchOptions): Promise<Row> {
  const withEnvironments = async <T,>(count: number, use: (pages: Pages) => Promise<T>): Promise<T> =>
    withBenchSetup({ engine, databaseUrl: await fresh(), concurrency: 1 }, async (setup) =>
      use(await fill(setup, count))
    )
  return withEnvironments(FEW, async (few) => withEnvironments(MANY, async (many) => {
    const measured = await interleave(rounds, {
      few: async () => millisecondsPerPage(few),
      many: async () => millisecondsPerPage(many)
    })
    const [short, long] = [median(measured.few), median(measured.many)]
    return {
      title: `a page of ${PAGE} of ${MANY} environments / of ${FEW}, ${name}`,
      measured: long / short,
      budget: { atMost: 1.5 },
      detail: `${long.toFixed(1)} ms, ${short.toFixed(1)} ms`
    }
  }))
}

interface Pages {
  readonly base: string
  readonly paths: readonly string[]
  readonly headers: Readonly<Record<string, string>>
}

async function fill (setup: BenchSetup, count: number): Promise<Pages> {
  const { id } = await create(setup)
  let middle = id
  await setup.whileStopped(async (database) => {
    await multiplyEnvironments(database, id, count)
    const row = await database.db
      .selectFrom('environments')
      .select('id')
      .orderBy('id')
      .offset(count / 2)
      .limit(1)
      .executeTakeFirstOrThrow()
    middle = row.id
  })
  const first = `/environments?limit=${PAGE}`
  return {
    base: setup.base,
    paths: [first, `${first}&cursor=${Buffer.from(middle).toString('base64url')}`, `${first}&phase=ready`],
    headers: bearer(setup)
  }
}

/** One request at a time: the time of a page, not of a queue before it. */
async function millisecondsPerPage ({ base, paths, headers }: Pages): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({
    url: base, headers, connections: 1, duration: SECONDS_PER_ROUND, requests: paths.map((path) => ({ path }))
  })
  if (non2xx + errors > 0) throw new Error(`${non2xx} pages were no success, ${errors} requests failed`)
  return 1000 / requests.average
}
