import { join } from 'node:path'
import { startProgram } from './program-process.ts'
import { bearer, create, type BenchSetup } from './bench-setup.ts'

/** What to ask for, and with which headers. */
export interface Target {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A new environment's outputs, twice: from the service with a team's key, and the same payload from a bare route in a
 * process of its own. Each process owns its database (PGlite can't be opened twice, so the bare route has the same
 * tables and row in one of its own); on Postgres both read the same row of the same table.
 */
export async function besideBareRoute (setup: BenchSetup): Promise<{ service: Target, bare: Target }> {
  const { id } = await create(setup)
  const path = `/environments/${id}/outputs`
  const service = { url: `${setup.base}${path}`, headers: bearer(setup) }
  const payload = await (await fetch(service.url, service)).text()
  const database = setup.databaseUrl ?? join(setup.dataDir, 'bare-route')
  const bare = setup.stopAtEnd(await startProgram('bare-route', { args: [id, payload, database] }))
  return { service, bare: { url: `${bare.hello}${path}`, headers: {} } }
}
