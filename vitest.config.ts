import { defineConfig } from 'vitest/config'

const project = (name: string, timeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    restoreMocks: true
  }
})

// unit: pure functions. store: SQL on PGlite and Postgres. sandbox: the simulated engine and cloud.
// engine: the contract suite, on every engine present. http: the service, through its HTTP API.
export default defineConfig({
  test: {
    globals: false,
    reporters: ['default', './test/support/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      project('unit', 30_000),
      project('store', 120_000),
      project('sandbox', 120_000),
      project('engine', 240_000),
      project('http', 300_000)
    ]
  }
})
