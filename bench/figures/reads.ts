import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { findPostgres, startPostgres } from '../../test/support/postgres.ts'
import type { BenchOptions, Figure, Row } from '../figure.ts'
import { ask } from '../setup/naive-client.ts'
import { startProgram, type ProgramProcess } from '../setup/program-process.ts'
import { create, rivalInput, withScene, type Scene } from '../setup/scene.ts'
import { interleave, median } from '../setup/statistics.ts'

const CONNECTIONS = 16
const SECONDS_PER_ROUND = 3

/**
 * `GET …/outputs` with a team's key, requests per second, against a bare route with the same payload. Both are processes
 * that own their database (PGlite can't be opened twice, so the bare route has the same tables and row in one of its own); where
 * Postgres is installed also with both on one server, reading the same row of the same table.
 */
export const reads: Figure = {
  name: 'reads',
  async measure (options) {
    const embedded = await onPglite(options)
    const bin = findPostgres()
    return bin === undefined ? [embedded] : [embedded, await onPostgres(options, bin)]
  }
}

async function onPglite ({ engine, rounds }: BenchOptions): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'batchyard-bench-'))
  try {
    return await withScene({ engine }, async scene => compare(scene, { rounds, database: folder, kind: 'PGlite' }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function onPostgres ({ engine, rounds }: BenchOptions, bin: string): Promise<Row> {
  const postgres = await startPostgres(bin)
  try {
    const databaseUrl = await postgres.createDatabase()
    return await withScene({ engine, databaseUrl }, async scene => compare(scene, { rounds, database: databaseUrl, kind: 'Postgres' }))
  } finally {
    await postgres.stop()
  }
}

interface Comparison { readonly rounds: number, readonly database: string, readonly kind: string }

async function compare (scene: Scene, { rounds, database, kind }: Comparison): Promise<Row> {
  const { id } = await create(scene)
  const path = `/environments/${id}/outputs`
  const payload = await (await fetch(`${scene.base}${path}`, { headers: bearer(scene) })).text()
  const bare = scene.keep(await startProgram('bare-route', { args: [id, payload, database] }))
  const measured = await interleave(rounds, {
    service: async () => requestsPerSecond(`${scene.base}${path}`, bearer(scene)),
    bare: async () => requestsPerSecond(`${bare.hello}${path}`, {})
  })
  const naive = await naiveReads(await scene.startRival('naive'))
  const [ours, theirs] = [median(measured.service), median(measured.bare)]
  return {
    title: `reads of outputs with a key / bare route, ${kind}`,
    measured: ours / theirs,
    budget: { atLeast: 0.5 },
    naive: naive / theirs,
    detail: `requests per second: ${ours.toFixed(0)}, bare ${theirs.toFixed(0)}, naive ${naive.toFixed(1)}`
  }
}

const bearer = ({ teamKey }: Scene) => ({ authorization: `Bearer ${teamKey}` })

async function requestsPerSecond (url: string, headers: Record<string, string>): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS_PER_ROUND })
  if (non2xx + errors > 0) throw new Error(`${non2xx} answers of ${url} were no success, ${errors} requests failed`)
  return requests.average
}

/** The naive service starts engines for each read: a few, one after the other, are enough to know its rate. */
async function naiveReads (naive: ProgramProcess): Promise<number> {
  const input = rivalInput()
  const COUNT = 5
  await ask(naive, 'POST', '/environments', input)
  const started = performance.now()
  for (let read = 0; read < COUNT; read += 1) await ask(naive, 'GET', `/environments/${input.id}/outputs`)
  return COUNT / ((performance.now() - started) / 1000)
}
