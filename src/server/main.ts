import { pino } from 'pino'
import { ConfigError, loadConfig } from '../config.ts'
import { DatabaseUnusable } from '../store/database/errors.ts'
import { startBatchyardServer } from './batchyard-server.ts'

/** A second safeguard: the code itself logs none of these. No wildcards: they cost 3 % of a read. */
const REDACT = [
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  'err.headers.authorization',
  'token',
  'err.token',
  'key',
  'password',
  'err.password',
  'passphrase',
  'adminKey',
  'databaseUrl',
  'err.connectionString'
]

/** Ctrl-C under npm arrives twice, from the terminal and from npm, which passes it on: both count as one. */
const SAME_SIGNAL_MILLISECONDS = 500

/** Resolves with the first signal; a second one exits the process immediately. */
async function stopSignal (): Promise<NodeJS.Signals> {
  const first = Promise.withResolvers<NodeJS.Signals>()
  let since: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Engines are detached and finish the calls in flight by themselves.
      if (since !== undefined && performance.now() - since > SAME_SIGNAL_MILLISECONDS) process.exit(1)
      since ??= performance.now()
      first.resolve(signal)
    })
  }
  return first.promise
}

async function main (): Promise<void> {
  const config = loadConfig()
  // Lines are written asynchronously, and the rest is flushed at exit.
  const log = pino({ level: config.logLevel, redact: REDACT }, pino.destination({ dest: 1, sync: false }))
  if (config.cloud === 'sandbox') log.info('sandbox: everything is simulated, nothing is created at AWS')
  const signalled = stopSignal()
  const service = await startBatchyardServer(config, log)
  log.info({ signal: await signalled }, 'stopping')
  await service.stop()
  log.info('stopped')
  // An engine that is left to finish is still our child and would keep the process.
  setTimeout(() => { process.exit() }, 500).unref()
}

try {
  await main()
} catch (error) {
  const isExplained = error instanceof ConfigError || error instanceof DatabaseUnusable
  const text = isExplained ? error.message : error instanceof Error ? error.stack ?? error.message : String(error)
  process.stderr.write(`batchyard: ${text}\n`)
  process.exitCode = 1
}
