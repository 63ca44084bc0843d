import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { CACHE } from './test/support/cache.ts'
import LongestFirst from './test/support/longest-first.ts'
import { findPostgres } from './test/support/database/postgres.ts'

const EMBEDDED = './test/support/database/setup-template.ts'
const POSTGRES = './test/support/database/setup-postgres.ts'

// For the workers and every process they start: an engine starts in two thirds of the time.
process.env.NODE_COMPILE_CACHE ??= join(CACHE, 'node')

interface Suite {
  readonly timeout: number
  readonly include?: string[]
  readonly globalSetup?: string[]
}

const project = (name: string, { timeout, include = [`test/${name}/**/*.test.ts`], globalSetup }: Suite) => ({
  test: {
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    restoreMocks: true,
    // Modules are loaded once for each worker, not for each file.
    isolate: false,
    // Most of PGlite's code is not run often enough to be worth a second, optimizing compilation.
    execArgv: ['--liftoff-only'],
    ...(globalSetup !== undefined && { globalSetup })
  }
})

const hasPostgres = findPostgres() !== undefined
if (!hasPostgres) {
  console.log('the request tests do not run on Postgres: initdb is neither on PATH nor in /usr/lib/postgresql')
}

// unit: pure functions. store: SQL on PGlite and Postgres. sandbox: the simulated engine and cloud.
// engine: the contract suite, on every engine present. http: the service, through its HTTP API.
// long: what needs minutes by its nature. long-requests: test/http/requests on Postgres; http has it on PGlite.
// `npm test` runs all but long and long-requests, `npm run test:long` those two.
export default defineConfig({
  test: {
    globals: false,
    reporters: ['default', './test/support/closing-line.ts'],
    pool: 'forks',
    // One more than CI's cores: with two workers a sixth of the time was idle.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      project('unit', { timeout: 30_000 }),
      project('store', {
        timeout: 120_000,
        include: ['test/store/**/*.test.ts', 'test/operations/**/*.test.ts'],
        globalSetup: [EMBEDDED, POSTGRES]
      }),
      project('sandbox', { timeout: 120_000 }),
      project('engine', { timeout: 240_000 }),
      project('http', { timeout: 300_000, globalSetup: [EMBEDDED] }),
      project('long', { timeout: 300_000, globalSetup: [EMBEDDED] }),
      ...(hasPostgres
        ? [project('long-requests', {
            timeout: 300_000,
            include: ['test/http/requests/**/*.test.ts'],
            globalSetup: [POSTGRES]
          })]
        : [])
    ]
  }
})
