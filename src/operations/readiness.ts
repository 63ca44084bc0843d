import type { Readiness } from '../schemas/readiness.ts'
import type { Context } from './context.ts'

/** A probe must answer soon even when what it asks does not. */
const PATIENCE_MILLISECONDS = 2_000

async function check (question: () => Promise<void>): Promise<{ ok: boolean, detail?: string }> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => { reject(new Error('no answer in time')) }, PATIENCE_MILLISECONDS)
  try {
    await Promise.race([question(), tooLate])
    return { ok: true }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message.slice(0, 200) : 'failed' }
  } finally {
    clearTimeout(timer)
  }
}

/** Whether the service can take work: the database answers, the worker takes operations, the simulated cloud is there. */
export async function checkReadiness ({ database, cloud, engineInfo, stopping, sandboxCheck }: Context): Promise<Readiness> {
  const [databaseCheck, sandbox] = await Promise.all([check(() => database.ping()), sandboxCheck && check(sandboxCheck)])
  const worker = stopping.aborted ? { ok: false, detail: 'the service is stopping' } : { ok: true }
  const ready = databaseCheck.ok && worker.ok && (sandbox?.ok ?? true)
  return {
    status: ready ? 'ready' : 'not-ready',
    cloud,
    ...(cloud === 'sandbox' && { notice: 'Sandbox: everything is simulated, nothing exists at AWS' }),
    engine: { kind: engineInfo.kind, version: engineInfo.version },
    checks: { database: databaseCheck, worker, ...(sandbox && { sandbox }) }
  }
}
