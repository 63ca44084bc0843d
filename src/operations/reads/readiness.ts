import pTimeout from 'p-timeout'
import type { Readiness } from '../../schemas/readiness.ts'
import type { Context } from '../context.ts'

/** A probe must be answered soon, even if what it asks for does not answer. */
const TIMEOUT_MILLISECONDS = 2_000

async function check (question: () => Promise<void>): Promise<{ ok: boolean, detail?: string }> {
  try {
    await pTimeout(question(), { milliseconds: TIMEOUT_MILLISECONDS, message: 'no answer in time' })
    return { ok: true }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message.slice(0, 200) : 'failed' }
  }
}

/**
 * Whether the service can take requests: the database, the queue and the simulated cloud answer, and it is not
 * stopping.
 */
export async function checkReadiness (context: Context): Promise<Readiness> {
  const { role, database, queue, cloud, engineInfo, stopping, sandboxCheck } = context
  const [databaseCheck, queueCheck, sandbox] = await Promise.all([
    check(() => database.ping()),
    check(async () => {
      stopping.throwIfAborted()
      await queue.depth()
    }),
    sandboxCheck && check(sandboxCheck)
  ])
  const ready = databaseCheck.ok && queueCheck.ok && (sandbox?.ok ?? true)
  return {
    status: ready ? 'ready' : 'not-ready',
    cloud,
    ...(cloud === 'sandbox' && { notice: 'Sandbox: everything is simulated, nothing exists at AWS' }),
    role,
    ...(engineInfo && { engine: { kind: engineInfo.kind, version: engineInfo.version } }),
    checks: { database: databaseCheck, queue: queueCheck, ...(sandbox && { sandbox }) }
  }
}
