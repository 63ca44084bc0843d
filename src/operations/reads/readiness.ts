import type { Readiness } from '../../schemas/readiness.ts'
import type { Context } from '../context.ts'

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

/** Whether the service can take work: the database and the queue answer, the simulated cloud is there, it is not stopping. */
export async function checkReadiness ({
  role,
  database,
  queue,
  cloud,
  engineInfo,
  stopping,
  sandboxCheck
}: Context): Promise<Readiness> {
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
