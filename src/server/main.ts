import { pino } from 'pino'
import { ConfigError, loadConfig } from '../config.ts'
import { startService } from './service.ts'

/** Whatever could carry a secret is cut out of every line, wherever an object with it is logged. */
const REDACT = ['req.headers.authorization', 'headers.authorization', '*.authorization', 'token', '*.token', '*.passphrase', '*.password', '*.adminKey', '*.databaseUrl']

async function main (): Promise<void> {
  const config = loadConfig()
  const log = pino({ level: config.logLevel, redact: REDACT })
  if (config.cloud === 'sandbox') log.info('sandbox: everything is simulated, nothing is created at AWS')
  let stopping = false
  const stopped = Promise.withResolvers<undefined>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait: engines are detached and finish what they have in flight by themselves.
      if (stopping) process.exit(1)
      stopping = true
      log.info({ signal }, 'stopping')
      stopped.resolve(undefined)
    })
  }
  const service = await startService(config, log)
  await stopped.promise
  await service.stop()
  log.info('stopped')
  // An engine that is left to finish is still our child; nothing else may keep the process.
  setTimeout(() => { process.exit() }, 500).unref()
}

try {
  await main()
} catch (error) {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack ?? error.message : String(error)
  process.stderr.write(`batchyard: ${text}\n`)
  process.exitCode = 1
}
