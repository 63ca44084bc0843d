import type { TestProject } from 'vitest/node'
import { findPostgres, startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The connection string of a server on which a test may make databases. */
    postgresUrl?: string
  }
}

/** One Postgres server for all files of a project. */
export default async function setup (project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const bin = findPostgres()
  if (bin === undefined) return undefined
  const server = await startPostgres(bin)
  project.provide('postgresUrl', server.url)
  return server.stop
}
