import { deleteAll } from './planning/deletions.ts'
import type { DeploymentWork } from './deployment.ts'
import { runProgram } from './program/language.ts'
import { Registrations } from './program/registrations.ts'

export interface ProgramOptions {
  /** `127.0.0.1:PORT` of the language host. */
  client: string
  directory: string
  main: string
}

/** Runs the program, brings about what it registers, and deletes what it does not register any more. */
export const updateFromProgram = (options: ProgramOptions): DeploymentWork => async (context, server) => {
  const registrations = new Registrations(context)
  const { executor, reporter, stop } = context
  if (stop.reason !== undefined) return false
  server.serve(context, registrations)
  // A failed step ends the deployment when the calls in progress have finished, whether the program ends or not.
  const waiting = new AbortController()
  stop.signal.addEventListener('abort', () => { executor.idle().then(() => waiting.abort(), () => {}) }, { once: true })
  const result = await runProgram({ ...options, context, engineAddress: server.address }, waiting.signal)
  await executor.idle()
  if (stop.reason !== undefined) return false
  if (result.kind === 'failed') reporter.diagnostic('error', result.message)
  if (result.kind !== 'succeeded' || executor.failed) return false
  return deleteAll(registrations.unregistered, executor)
}
