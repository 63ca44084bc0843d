import { buildApp, type AppOptions } from '../src/server/app.ts'
import { createMetrics } from '../src/metrics.ts'
import { pino } from 'pino'
import type { FastifyInstance } from 'fastify'
import packageJson from '../package.json' with { type: 'json' }

/** The app with every route, to be described and never called: nothing behind it is started. */
export async function documentedApp (): Promise<FastifyInstance> {
  const context = {
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    cloud: 'sandbox',
    isOpen: async () => true,
    stopping: new AbortController().signal
  } as AppOptions['context']
  const app = await buildApp({
    context,
    version: packageJson.version,
    sandbox: {} as NonNullable<AppOptions['sandbox']>
  })
  await app.ready()
  return app
}
