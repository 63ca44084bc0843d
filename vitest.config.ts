import { defineConfig } from 'vitest/config'
import { findPostgres } from './test/support/database/postgres.ts'

const EMBEDDED = './test/support/database/setup-template.ts'
const POSTGRES = './test/support/database/setup-postgres.ts'

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
    ...(globalSetup !== undefined && { globalSetup })
  }
})

/** What a request stores and what comes of it: the same tests with either database. */
const REQUESTS = [
  'cancel-retry',
  'changes',
  'deletion',
  'drift',
  'history',
  'idempotency',
  'jobs',
  'previews',
  'put-by-name'
].map((name) => `test/http/requests/${name}.test.ts`)
const hasPostgres = findPostgres() !== undefined
if (!hasPostgres) {
  console.log('the HTTP tests do not run on Postgres: initdb is neither on PATH nor in /usr/lib/postgresql')
}

// unit: pure functions. store: SQL on PGlite and Postgres. sandbox: the simulated engine and cloud.
// engine: the contract suite, on every engine present. http: the service, through its HTTP API.
export default defineConfig({
  test: {
    globals: false,
    reporters: ['default', './test/support/closing-line.ts'],
    pool: 'forks',
    // One more than CI's cores: of two, a sixth was idle while processes started and leases, deadlines and retries passed.
    maxWorkers: 3,
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
      ...(hasPostgres
        ? [project('http-postgres', { timeout: 300_000, include: REQUESTS, globalSetup: [POSTGRES] })]
        : [])
    ]
  }
})
